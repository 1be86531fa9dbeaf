"""The examples in docstrings."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import metatensor.operations
import numpy as np
import pytest

GUIDE = Path(__file__).parents[4] / "docs" / "src" / "guides" / "operations.md"
MODULES = [name for _, name, _ in pkgutil.iter_modules(metatensor.operations.__path__)]
NEEDS = {
    "_engine_torch": "torch",
    "_engine_torch_func": "torch",
    "_requires_grad": "torch",
    "_engine_jax": "jax",
    "_engine_cupy": "cupy",
}


@pytest.mark.parametrize("name", MODULES)
def test_doctest(name):
    if name in NEEDS:
        pytest.importorskip(NEEDS[name])
    module = importlib.import_module(f"metatensor.operations.{name}")
    with np.printoptions(legacy=False):
        result = doctest.testmod(module)
    assert result.failed == 0


def test_all_operations_are_documented():
    for name in metatensor.operations.__all__:
        assert getattr(metatensor.operations, name).__doc__, name


@pytest.mark.skipif(not GUIDE.exists(), reason="not a checkout of the repository")
def test_guide():
    result = doctest.testfile(str(GUIDE), module_relative=False)
    assert result.attempted > 0
    assert result.failed == 0
