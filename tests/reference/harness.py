"""Running the programs of this folder in one environment or the other."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PROGRAMS = Path(__file__).resolve().parent / "programs"
REFERENCE = [
    "metatensor-core==0.2.6",
    "metatensor-operations==0.5.0",
    "metatensor-learn==0.6.2",
    "metatensor-torch==0.10.8",
    "torch==2.14.*",
]

Program = Callable[..., str]


def uv(*arguments: str) -> None:
    """Run uv."""
    subprocess.run([sys.executable, "-m", "uv", *arguments], check=True)


def run_program(python: Path | str, name: str, *arguments: object) -> str:
    """What one of the programs prints."""
    command = [str(python), "-W", "ignore", str(PROGRAMS / name), *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{name} failed with {python}:\n{result.stdout}{result.stderr}"
    return result.stdout
