"""The two flavours and their names, in all orders of import."""

import subprocess
import sys

import metatensor.torch
import pytest
import torch

IMPORTS = {
    "plain": "import metatensor",
    "operations": "import metatensor.operations",
    "learn": "from metatensor.learn import nn",
    "torch": "import metatensor.torch",
    "torch_operations": "import metatensor.torch.operations._add",
    "torch_learn": "from metatensor.torch.learn.nn import Linear",
    "package": "import metatensor_torch",
    "package_operations": "import metatensor_torch.operations",
}

CHECKS = """
import importlib, sys
import numpy as np
import torch
import metatensor, metatensor.operations, metatensor.learn
import metatensor_torch, metatensor.torch, metatensor.torch.operations, metatensor.torch.learn

# one module for each file and flavour, with both of its names
assert metatensor.torch is metatensor_torch
assert sys.modules["metatensor.torch"] is metatensor_torch
for name in ("operations", "operations._backend", "operations._add", "learn", "learn.nn",
             "learn._backend", "learn.nn._layer_norm", "learn.data._namedtuple", "_c_lib"):
    torch_module = importlib.import_module("metatensor_torch." + name)
    assert importlib.import_module("metatensor.torch." + name) is torch_module
    assert torch_module.__name__ == "metatensor_torch." + name
    if name != "_c_lib":
        plain = importlib.import_module("metatensor." + name)
        assert plain is not torch_module
        assert plain.__name__ == "metatensor." + name

# flavours do not leak into each other
from metatensor.operations import add
from metatensor.torch.operations import add as torch_add
assert add is metatensor.add and type(add).__name__ == "function"
assert torch_add is metatensor.torch.add and isinstance(torch_add, torch.jit.ScriptFunction)
assert metatensor.operations._backend.TensorMap is metatensor.TensorMap
assert metatensor.NotEqualError is not metatensor.torch.NotEqualError
assert metatensor.learn.nn.Linear is metatensor.learn.Linear
assert metatensor.torch.learn.nn.Linear is metatensor.torch.learn.Linear
assert metatensor.torch.learn.Linear is not metatensor.learn.Linear
with metatensor.torch.unsafe_disable_checks():
    assert metatensor.checks_enabled()

# operators of plain objects still work, functions of both flavours as well
for mts, array in ((metatensor, np.ones((2, 2))), (metatensor.torch, torch.ones(2, 2))):
    tensor = mts.TensorMap(mts.Labels.single(), [mts.block_from_array(array)])
    assert mts.equal(mts.add(tensor, tensor), mts.multiply(tensor, 2))
block = metatensor.block_from_array(np.ones((2, 2)))
tensor = metatensor.TensorMap(metatensor.Labels.single(), [block])
assert tensor + tensor == tensor * 2
"""


def run(code):
    """Run code in a new interpreter, with warnings as errors."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr


@pytest.mark.parametrize("first", IMPORTS)
def test_import_order(first):
    run(IMPORTS[first] + "\n" + CHECKS)


@pytest.mark.parametrize("package", ["operations", "learn"])
def test_old_names(package):
    pytest.importorskip(f"metatensor_{package}")
    for first, second in (("", "torch."), ("torch.", "")):
        run(
            f"import metatensor.{first}{package}, metatensor.{second}{package}\n"
            f"import metatensor_{package}\n"
            f"assert metatensor_{package} is metatensor.{package}\n"
            f"assert metatensor_{package} is not metatensor.torch.{package}"
        )


def test_nothing_is_compiled_by_imports():
    run(
        "import torch\n"
        "def script(*args, **kwargs): raise AssertionError\n"
        "torch.jit.script = script\n"
        "import metatensor.torch, metatensor.torch.operations, metatensor.torch.learn"
    )


def test_names():
    assert metatensor.torch.__all__ == ["Labels", "TensorBlock", "TensorMap"]
    for name in ("add", "load", "save", "version", "dtype_name", "utils", "operations", "learn"):
        assert name in dir(metatensor.torch)
        assert getattr(metatensor.torch, name) is not None
    assert metatensor.torch.HAS_METATENSOR_OPERATIONS
    with pytest.raises(AttributeError, match="'nothing'"):
        metatensor.torch.nothing
    with pytest.raises(AttributeError, match="'nothing'"):
        metatensor.torch.operations.nothing


def test_isinstance_metatensor():
    from metatensor.torch import Labels
    from metatensor.torch.operations._backend import isinstance_metatensor

    assert isinstance_metatensor(Labels.single(), "Labels")
    assert not isinstance_metatensor(Labels.single(), "TensorMap")
    assert not isinstance_metatensor(metatensor.Labels.single(), "Labels")
    with pytest.raises(AssertionError):
        isinstance_metatensor(Labels.single(), "labels")


def test_plain_operations_with_objects_of_the_torch_flavour():
    import torch

    block = metatensor.torch.block_from_array(torch.ones(2, 2))
    tensor = metatensor.torch.TensorMap(metatensor.torch.Labels.single(), [block])
    for function in (
        lambda: metatensor.add(tensor, 1),
        lambda: metatensor.zeros_like(tensor),
        lambda: metatensor.equal(tensor, tensor),
        lambda: metatensor.sum_over_samples(tensor, "sample"),
    ):
        with pytest.warns(UserWarning, match=r"metatensor\.torch"), pytest.raises(TypeError):
            function()


def test_classes_are_called_as_before():
    """Making blocks and maps goes through compiled functions: errors are those of the classes."""
    labels, block = metatensor.torch.Labels, metatensor.torch.TensorBlock
    row = labels.range("a", 1)
    made = block(values=torch.zeros(1, 1), samples=row, components=[], properties=row)
    assert made.samples == row
    with pytest.raises(RuntimeError, match=r"__init__\(\).*argument 'samples'"):
        block(torch.zeros(1, 1), 3, [], row)
    with pytest.raises(RuntimeError, match="missing value for argument 'properties'"):
        block(torch.zeros(1, 1), row, [])
    # other classes of TorchScript are not concerned
    assert len(torch.classes.metatensor.Labels(["a"], row.values)) == 1
