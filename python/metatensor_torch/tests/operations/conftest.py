"""Make the examples importable: they are shared with the plain flavour."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
sys.path.insert(0, str(HERE.parents[2] / "metatensor" / "tests" / "operations"))
