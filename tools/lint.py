"""Lints which need more than one command line: ``python tools/lint.py clang-format``."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
CXX = ["*.c", "*.h", "*.cpp", "*.hpp"]
# other people's file, and what `cargo xtask codegen` writes
EXCLUDED = {"c-api/include/metatensor/dlpack/dlpack.h", "c-api/include/metatensor.h"}


def clang_format(fix: bool) -> int:
    """Check (or fix) the formatting of all C and C++ files."""
    listing = subprocess.run(
        ["git", "ls-files", *CXX], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.split()
    files = [
        name for name in listing if name not in EXCLUDED and "_generated" not in Path(name).name
    ]
    if not files:
        return 0
    mode = ["-i"] if fix else ["--dry-run", "--Werror"]
    return subprocess.run(["clang-format", *mode, *files], cwd=ROOT, check=False).returncode


def main() -> None:
    """Parse the command line and run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lint", choices=["clang-format"])
    parser.add_argument("--fix", action="store_true", help="change files instead of complaining")
    arguments = parser.parse_args()
    sys.exit(clang_format(arguments.fix))


if __name__ == "__main__":
    main()
