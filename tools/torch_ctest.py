"""Run the C++ tests of the installed metatensor-torch: ``torch_ctest.py BUILD_FOLDER``."""

from __future__ import annotations

import argparse
import subprocess
from pathlib import Path

import metatensor.utils
import metatensor_torch.utils
import torch.utils

SOURCE = Path(__file__).resolve().parents[1] / "metatensor-torch" / "tests"


def main() -> None:
    """Configure, build and run the tests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("build", type=Path)
    build = parser.parse_args().build
    prefixes = [
        metatensor.utils.cmake_prefix_path,
        metatensor_torch.utils.cmake_prefix_path,
        torch.utils.cmake_prefix_path,
    ]
    prefix_path = f"-DCMAKE_PREFIX_PATH={';'.join(prefixes)}"
    for command in (
        ["cmake", "-S", str(SOURCE), "-B", str(build), "-G", "Ninja", prefix_path],
        ["cmake", "--build", str(build)],
        ["ctest", "--test-dir", str(build), "--output-on-failure"],
    ):
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
