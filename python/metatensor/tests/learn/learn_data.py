"""Cases of modules holding labels, blocks and maps."""

import io

import pytest
import torch
from learn_modules import dtype_of, tensor


def make_data_module(f, dtype=torch.float64):
    """Module with all kinds of data."""
    labels = f.mts.Labels.range("n", 3)
    t = tensor(f, dtype=dtype)
    module = f.nn.Module()
    module.register_buffer("labels", labels)
    module.register_buffer("tensor_map", t)
    module.block = f.nn.Buffer(t.block(0).copy())
    nested = {"dict": {42: [(labels, labels), (t,)]}, "empty": [[], [[]]]}
    module.register_buffer("nested", nested)
    module.register_buffer("mixed", (labels, "text", 3))
    module.register_buffer("temporary", labels, persistent=False)
    module.register_buffer("empty", {})
    module.register_buffer("nothing", None)
    module.register_buffer("array", torch.ones(3, dtype=dtype))
    module.untracked = t.copy()
    return module


def case_module_moves(f):
    module = make_data_module(f)
    outer = torch.nn.Sequential(module)
    outer.to("cpu")
    assert dtype_of(module.tensor_map) == torch.float64
    assert outer.to(torch.float32) is outer
    for data in (module.tensor_map, module.block, module.nested["dict"][42][1][0]):
        assert dtype_of(data) == torch.float32
    assert dtype_of(module.untracked) == torch.float64
    assert module.array.dtype == torch.float32
    module.double()
    assert dtype_of(module.block) == torch.float64
    module.half()
    assert dtype_of(module.block) == torch.float16
    outer.to("meta")
    moved = [module.labels, module.temporary, module.nested["dict"][42][0][1], module.mixed[0]]
    for labels in moved:
        assert torch.device(labels.device).type == "meta"
    assert module.nested["empty"] == [[], [[]]]
    assert module.mixed[1:] == ("text", 3)
    assert module.empty == {}
    assert module.nothing is None
    assert module.untracked.block(0).values.device.type == "cpu"


def case_integers_do_not_change(f):
    block = tensor(f).block(0)
    values = torch.arange(5 * 4).reshape(5, 1, 4)
    integers = f.mts.TensorBlock(values, block.samples, block.components, block.properties)
    module = f.nn.Module()
    module.register_buffer("block", integers)
    module.to(torch.float32)
    assert module.block.values.dtype == torch.int64


def case_mixed_containers(f):
    labels = f.mts.Labels.range("n", 3)
    for value in ([labels, 3], {"a": labels, "b": "c"}, ([labels, 3],)):
        module = f.nn.Module()
        module.register_buffer("data", value)
        with pytest.raises(ValueError, match=r"list|dict"):
            module.to("meta")


def case_register_errors(f):
    module = f.nn.Module()
    labels = f.mts.Labels.range("n", 3)
    for value in (3, "text", [3], (torch.ones(3),), object()):
        with pytest.raises(TypeError, match="bad"):
            module.register_buffer("bad", value)
    for name, error in ((3, TypeError), ("", KeyError), ("a.b", KeyError)):
        with pytest.raises(error):
            module.register_buffer(name, labels)
    assert module._mts_buffer_names == []
    module.register_buffer("good", labels)
    with pytest.raises(KeyError, match="good"):
        module.register_buffer("good", labels)
    with pytest.raises(KeyError, match="good"):
        module.good = f.nn.Buffer(labels)
    module.good = f.mts.Labels.range("other", 2)
    assert module._mts_buffer_names == ["good"]
    del module.good
    assert module._mts_buffer_names == []


def case_extra_state(f):
    module = make_data_module(f)
    state = module.state_dict()
    assert set(state) == {"_mts_helper", "_extra_state", "array"}
    extra = state["_extra_state"]
    assert list(extra) == ["labels", "tensor_map", "block", "nested", "mixed", "empty"]
    assert extra["tensor_map"][0] == "metatensor.TensorMap"
    assert extra["block"][2].dtype == torch.float64
    assert extra["empty"] == {}
    buffer = io.BytesIO()
    torch.save(state, buffer)
    buffer.seek(0)
    loaded = torch.load(buffer, weights_only=True)
    other = make_data_module(f, dtype=torch.float32)
    other.load_state_dict(loaded)
    assert dtype_of(other.tensor_map) == torch.float64
    assert dtype_of(other.block) == torch.float64
    assert f.mts.equal(other.tensor_map, module.tensor_map)
    assert other.labels == module.labels
    assert other.nested["dict"][42][0][0] == module.labels
    assert other.nested["empty"] == [[], [[]]]
    assert other.mixed[1:] == ("text", 3)
    # modules without the data get it from the state
    empty = f.nn.Module()
    empty.register_buffer("array", torch.zeros(3))
    empty.load_state_dict(loaded)
    assert empty.labels == module.labels
    with pytest.raises(ValueError, match="Nothing"):
        empty.set_extra_state({"x": ("metatensor.Nothing", extra["labels"][1], torch.empty(0))})


def case_state_of_the_other_flavour(f):
    extra = make_data_module(f).get_extra_state()
    name, buffer, kind = extra["block"]
    if isinstance(buffer, bytes):
        buffer = torch.frombuffer(bytearray(buffer), dtype=torch.uint8)
    else:
        buffer = buffer.numpy().tobytes()
    module = f.nn.Module()
    module.set_extra_state({"block": (name, buffer, kind)})
    assert f.mts.equal_block(module.block, make_data_module(f).block)
