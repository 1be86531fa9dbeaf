"""An environment with the reference implementation's wheels, made once and kept in build/."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from filelock import FileLock
from harness import REFERENCE, Program, run_program, uv

ENVIRONMENT = Path(__file__).resolve().parents[2] / "build" / "reference-env"


@pytest.fixture(scope="session")
def reference_python() -> Path:
    """Python interpreter of the reference environment."""
    python = ENVIRONMENT / "bin" / "python"
    marker = ENVIRONMENT / "installed.txt"
    ENVIRONMENT.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(f"{ENVIRONMENT}.lock"):
        if not marker.exists() or marker.read_text() != str(REFERENCE):
            uv("venv", "--clear", "--python", sys.executable, str(ENVIRONMENT))
            uv("pip", "install", "--python", str(python), *REFERENCE)
            marker.write_text(str(REFERENCE))
    return python


@pytest.fixture
def reference(reference_python: Path) -> Program:
    """Run one of the programs with the reference implementation."""
    return lambda name, *arguments: run_program(reference_python, name, *arguments)


@pytest.fixture
def ours() -> Program:
    """Run one of the programs with this library, in a process of its own as well."""
    return lambda name, *arguments: run_program(sys.executable, name, *arguments)
