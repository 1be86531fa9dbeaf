"""An environment with the reference implementation's wheels, made once and kept in build/."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE.parents[1] / "build" / "reference-env"
REFERENCE = [
    "metatensor-core==0.2.6",
    "metatensor-operations==0.5.0",
    "metatensor-learn==0.6.2",
    "metatensor-torch==0.10.8",
    "torch==2.14.*",
]

Program = Callable[..., str]


def _uv(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "uv", *arguments], check=True)


def _run(python: Path | str, name: str, *arguments: object) -> str:
    command = [str(python), "-W", "ignore", str(HERE / "programs" / name), *map(str, arguments)]
    result = subprocess.run(command, capture_output=True, text=True)
    assert result.returncode == 0, f"{name} failed with {python}:\n{result.stdout}{result.stderr}"
    return result.stdout


@pytest.fixture(scope="session")
def reference_python() -> Path:
    """Python interpreter of the reference environment."""
    python = ENVIRONMENT / "bin" / "python"
    marker = ENVIRONMENT / "installed.txt"
    ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{ENVIRONMENT}.lock"):
        if not marker.exists() or marker.read_text() != str(REFERENCE):
            _uv("venv", "--clear", "--python", sys.executable, str(ENVIRONMENT))
            _uv("pip", "install", "--python", str(python), *REFERENCE)
            marker.write_text(str(REFERENCE))
    return python


@pytest.fixture
def reference(reference_python: Path) -> Program:
    """Run one of the programs with the reference implementation."""
    return lambda name, *arguments: _run(reference_python, name, *arguments)


@pytest.fixture
def ours() -> Program:
    """Run one of the programs with this library, in a process of its own as well."""
    return lambda name, *arguments: _run(sys.executable, name, *arguments)
