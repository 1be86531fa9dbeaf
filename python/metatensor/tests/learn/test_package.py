"""Importing the package, with and without torch."""

import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest


def run(code):
    """Run code in a new interpreter, with warnings as errors."""
    command = [sys.executable, "-W", "error", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_without_torch():
    run(
        "import sys\n"
        "sys.modules['torch'] = None\n"
        "class Missing:\n"
        "    def find_spec(self, name, path, target=None):\n"
        "        if name == 'torch':\n"
        "            raise ModuleNotFoundError(name, name='torch')\n"
        "del sys.modules['torch']\n"
        "sys.meta_path.insert(0, Missing())\n"
        "import metatensor.learn\n"
        "assert not metatensor.learn.HAS_TORCH\n"
        "assert isinstance(metatensor.learn.__version__, str)\n"
        "assert not hasattr(metatensor.learn, 'nn') and not hasattr(metatensor.learn, 'data')"
    )


def test_names():
    pytest.importorskip("torch")
    import metatensor.learn

    assert metatensor.learn.HAS_TORCH
    assert metatensor.learn.Linear is metatensor.learn.nn.Linear
    assert metatensor.learn.Dataset is metatensor.learn.data.Dataset
    assert sorted(metatensor.learn.data.__all__) == [
        "DataLoader",
        "Dataset",
        "IndexedDataset",
        "group",
        "group_and_join",
    ]
    assert not hasattr(metatensor, "Linear")


def test_doctests():
    pytest.importorskip("torch")
    import metatensor.learn

    attempted = 0
    prefix = "metatensor.learn."
    for info in pkgutil.walk_packages(metatensor.learn.__path__, prefix):
        result = doctest.testmod(importlib.import_module(info.name))
        assert result.failed == 0, info.name
        attempted += result.attempted
    assert attempted > 0
