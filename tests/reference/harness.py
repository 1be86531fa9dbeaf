"""Running the programs of this folder in one environment or the other."""

from __future__ import annotations

import os
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


def environment(python: Path | str) -> dict[str, str]:
    """Environment variables for a process of this interpreter.

    A development copy of this library must not be imported by the other interpreters.
    """
    removed = set() if str(python) == sys.executable else {"PYTHONPATH"}
    return {name: value for name, value in os.environ.items() if name not in removed}


def run_program(python: Path | str, name: str, *arguments: object) -> str:
    """What one of the programs prints."""
    command = [str(python), "-W", "ignore", str(PROGRAMS / name), *map(str, arguments)]
    result = subprocess.run(
        command, capture_output=True, text=True, check=False, env=environment(python)
    )
    assert result.returncode == 0, f"{name} failed with {python}:\n{result.stdout}{result.stderr}"
    return result.stdout
