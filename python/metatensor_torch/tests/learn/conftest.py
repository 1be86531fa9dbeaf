"""Make the cases importable: they are shared with the plain flavour."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3] / "metatensor" / "tests" / "learn"))
