"""Neural network modules, torch flavour: eager, scripted, saved and loaded."""

import io
import warnings
from typing import Any, Dict, List, Tuple

import metatensor.torch
import metatensor.torch.learn
import pytest
import torch
from learn_cases import CASES
from learn_modules import Flavour, dtype_of, modules, tensor
from metatensor.torch import Labels, TensorBlock, TensorMap
from metatensor.torch.learn.nn import Buffer, Module

FLAVOUR = Flavour(metatensor.torch, metatensor.torch.learn)
MODULES = list(modules(FLAVOUR))


@pytest.fixture(autouse=True)
def ignore_deprecation():
    """TorchScript itself is deprecated."""
    with warnings.catch_warnings():
        for category in (DeprecationWarning, FutureWarning):
            warnings.filterwarnings("ignore", message=".*torch.jit", category=category)
        yield


def round_trip(module):
    """Save a scripted module, and load it again."""
    buffer = io.BytesIO()
    torch.jit.save(module, buffer)
    buffer.seek(0)
    return torch.jit.load(buffer)


@pytest.mark.parametrize("name", CASES)
def test_modules(name):
    CASES[name](FLAVOUR)


@pytest.mark.parametrize("name", MODULES)
def test_scripted_modules(name):
    module = modules(FLAVOUR)[name]
    expected = module(tensor(FLAVOUR))
    scripted = torch.jit.script(module)
    loaded = round_trip(scripted)
    for compiled in (scripted, loaded):
        assert metatensor.torch.equal(compiled(tensor(FLAVOUR)), expected)
        layers = compiled if name == "ModuleMap" else compiled.module_map
        assert layers._in_keys == expected.keys
        assert layers._mts_buffer_names == ["_in_keys", "_out_properties"]
    loaded.to(torch.float32)
    result = loaded(tensor(FLAVOUR, dtype=torch.float32))
    assert result.block(0).values.dtype == torch.float32


def test_scripted_chain_with_gradients():
    module = modules(FLAVOUR)["Sequential"]
    t = tensor(FLAVOUR, gradients=True)
    metatensor.torch.equal_raise(round_trip(torch.jit.script(module))(t), module(t))


def test_any_forward():
    class Twice(torch.nn.Module):
        def forward(self, x, factor: float = 2.0):
            return factor * x

    keys = tensor(FLAVOUR).keys
    module = FLAVOUR.nn.ModuleMap(keys, [Twice() for _ in range(3)])
    t = tensor(FLAVOUR)
    result = torch.jit.script(module)(t)
    assert torch.equal(result.block(2).values, 2 * t.block(2).values)


class DataModule(Module):
    """Module with all kinds of data."""

    empty: Dict[str, Labels]

    def __init__(self):
        super().__init__()
        t = tensor(FLAVOUR)
        labels = Labels.range("n", 3)
        self.register_buffer("tensor_map", t)
        self.register_buffer("labels", labels)
        self.block = Buffer(t.block(0).copy(), persistent=False)
        self.register_buffer("nested", {"dict": {42: [(labels, 3)]}})
        self.register_buffer("empty", {})
        self.register_buffer("unused", ())
        self.register_buffer("unused_list", [[], [[]]])
        self.register_buffer("nothing", None)
        self.untracked = t.copy()

    def forward(self, x: TensorMap) -> Tuple[TensorMap, TensorBlock, int]:
        return self.tensor_map, self.block, len(self.empty)


class Middle(torch.nn.Module):
    """Plain module around it."""

    def __init__(self):
        super().__init__()
        self.data = DataModule()

    def forward(self, x: TensorMap) -> TensorMap:
        return self.data(x)[0]


class Outer(torch.nn.Module):
    """Another plain module around that."""

    def __init__(self):
        super().__init__()
        self.inner = Middle()

    def forward(self, x: TensorMap) -> TensorMap:
        return self.inner(x)


@pytest.mark.parametrize("kind", ["scripted", "loaded"])
def test_moving_scripted_modules(kind):
    outer = torch.jit.script(Outer())
    if kind == "loaded":
        outer = round_trip(outer)
    data = outer.inner.data
    t = tensor(FLAVOUR)
    outer.to("cpu")
    assert dtype_of(data.tensor_map) == torch.float64
    outer.to(torch.float32)
    assert dtype_of(data.tensor_map) == torch.float32
    assert dtype_of(outer(t)) == torch.float32
    assert dtype_of(data.block) == torch.float32
    assert dtype_of(data.untracked) == torch.float64
    outer.double()
    assert dtype_of(outer(t)) == torch.float64
    outer.to("meta")
    assert data.labels.device.type == "meta"
    assert data.nested["dict"][42][0][0].device.type == "meta"
    assert data.nested["dict"][42][0][1] == 3
    assert data.untracked.keys.device.type == "cpu"
    assert data.empty == {}


def test_new_export_with_default_helper():
    loaded = round_trip(torch.jit.script(DataModule()))
    assert loaded._mts_helper.dtype == torch.float32
    assert dtype_of(loaded.tensor_map) == torch.float64


class Legacy(torch.nn.Module):
    """What modules looked like before they listed their data."""

    def __init__(self, data: bool):
        super().__init__()
        self.register_buffer("_mts_helper", torch.empty(0))
        self.number = 3
        self.names = ["a"]
        self.mixed = [(Labels.range("n", 3), 3)]
        if data:
            self.tensor_map = tensor(FLAVOUR)

    def forward(self, x: int) -> int:
        return x


def test_legacy_modules():
    module = round_trip(torch.jit.script(Legacy(True)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        module.to("cpu")
    with pytest.warns(UserWarning, match="export it again") as record:
        module.to(torch.float32)
    assert record[0].filename == __file__
    assert dtype_of(module.tensor_map) == torch.float32
    assert module.names == ["a"]
    without_data = torch.jit.script(Legacy(False))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        without_data.to(torch.float64)


def test_plain_scripted_modules_are_left_alone():
    module = torch.jit.script(torch.nn.Linear(2, 3))
    assert module.to(torch.float64).weight.dtype == torch.float64


def test_mixed_containers_in_scripted_modules():
    class Mixed(Module):
        def __init__(self):
            super().__init__()
            self.register_buffer("data", (Labels.range("n", 3), 3))

        def forward(self, x: int) -> int:
            return x

    module = torch.jit.script(Mixed())
    module.to("meta")
    assert module.data[0].device.type == "meta"
    assert module.data[1] == 3


def test_load_state_of_eager_module():
    module = modules(FLAVOUR)["Linear"]
    scripted = torch.jit.script(modules(FLAVOUR)["Linear"])
    assert not any("_extra_state" in name for name in scripted.state_dict())
    scripted.load_state_dict(module.state_dict(), strict=False)


def test_user_module() -> None:
    class Model(Module):
        def __init__(self) -> None:
            super().__init__()
            keys = tensor(FLAVOUR).keys
            self.layer = FLAVOUR.nn.Linear(keys, 4, 2, dtype=torch.float64)
            self.shapes: List[int] = [1]

        def forward(self, systems: TensorMap) -> Dict[str, Any]:
            return {"result": self.layer(systems)}

    module = Model()
    t = tensor(FLAVOUR)
    result = torch.jit.script(module)(t)["result"]
    metatensor.torch.equal_raise(result, module(t)["result"])
