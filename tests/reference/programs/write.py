"""Write every case in a folder: ``write.py FOLDER``."""

import sys
from pathlib import Path

import metatensor
from cases import cases

for name, make in cases().items():
    metatensor.save(str(Path(sys.argv[1]) / f"{name}.mts"), make())
