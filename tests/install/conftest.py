"""An environment in which nothing is installed but our wheels and what they require."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DIST = ROOT / "dist"


@pytest.fixture(scope="session")
def wheels() -> dict[str, Path]:
    """The wheels in dist/, by distribution."""
    result = {path.name.split("-")[0].replace("_", "-"): path for path in DIST.glob("*.whl")}
    assert len(result) == 5, f"expected the 5 wheels of `tox -e wheels` in dist/, got {result}"
    return result


@pytest.fixture(scope="session")
def empty_python(tmp_path_factory: pytest.TempPathFactory, wheels: dict[str, Path]) -> Path:
    """Python of an environment with only our wheels, and the packages the example needs."""
    environment = tmp_path_factory.mktemp("environment")
    python = environment / "bin" / "python"
    uv = [sys.executable, "-m", "uv"]
    subprocess.run([*uv, "venv", "--python", sys.executable, str(environment)], check=True)
    packages = [*map(str, wheels.values()), "ase", "matplotlib", "tqdm"]
    subprocess.run([*uv, "pip", "install", "--python", str(python), *packages], check=True)
    return python
