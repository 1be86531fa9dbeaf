"""Tests of modules, run in both flavours.

Each function takes a :py:class:`Flavour`; those called ``case_...`` are the tests.
"""

import copy
import io
import pickle
import types
from typing import NamedTuple

import pytest
import torch


class Flavour(NamedTuple):
    """A flavour of metatensor and its learn package."""

    mts: types.ModuleType
    learn: types.ModuleType

    @property
    def nn(self):
        return self.learn.nn

    def labels(self, names, rows):
        """Labels held by torch."""
        values = torch.tensor(rows, dtype=torch.int32)
        return self.mts.Labels(names, values)


EQUIVARIANT = [[0, 1], [1, 1], [2, 1]]


def keys(f):
    """Keys of one invariant and two covariant blocks."""
    return f.labels(["o3_lambda", "o3_sigma"], EQUIVARIANT)


def tensor(f, n_features=4, gradients=False, dtype=torch.float64, seed=0):
    """Random tensor with these keys."""
    generator = torch.Generator().manual_seed(seed)
    blocks = []
    for i, (angular, _) in enumerate(EQUIVARIANT):
        components = [f.labels(["m"], [[m] for m in range(-angular, angular + 1)])]
        properties = f.labels(["p"], [[j] for j in range(n_features)])
        shape = (5 + i, 2 * angular + 1, n_features)
        values = torch.rand(shape, dtype=torch.float64, generator=generator).to(dtype) - 0.5
        samples = f.labels(["s"], [[j] for j in range(5 + i)])
        block = f.mts.TensorBlock(values, samples, components, properties)
        if gradients:
            rows = f.labels(["sample", "x"], [[0, 1], [2, 0]])
            xyz = f.labels(["xyz"], [[0], [1], [2]])
            shape = (2, 3, *shape[1:])
            values = torch.rand(shape, dtype=torch.float64, generator=generator).to(dtype)
            gradient = f.mts.TensorBlock(values, rows, [xyz, *components], properties)
            block.add_gradient("g", gradient)
        blocks.append(block)
    return f.mts.TensorMap(keys(f), blocks)


def modules(f):
    """One module of each class, with the reference for each block."""
    nn, k = f.nn, keys(f)
    energy = [f.labels(["e"], [[0]])] * 3
    torch.manual_seed(3)
    return {
        "Linear": nn.Linear(k, 4, 3, dtype=torch.float64),
        "Linear with properties": nn.Linear(k, 4, out_properties=energy, dtype=torch.float64),
        "EquivariantLinear": nn.EquivariantLinear(k, [4, 4, 4], 3, dtype=torch.float64),
        "LayerNorm": nn.LayerNorm(k, 4, dtype=torch.float64),
        "LayerNorm without mean": nn.LayerNorm(k, 4, mean=False, bias=False, dtype=torch.float64),
        "InvariantLayerNorm": nn.InvariantLayerNorm(k, [4], dtype=torch.float64),
        "ReLU": nn.ReLU(k),
        "InvariantReLU": nn.InvariantReLU(k),
        "SiLU": nn.SiLU(k),
        "InvariantSiLU": nn.InvariantSiLU(k),
        "Tanh": nn.Tanh(k),
        "InvariantTanh": nn.InvariantTanh(k),
        "ModuleMap": nn.ModuleMap.from_module(k, torch.nn.Linear(4, 2, dtype=torch.float64)),
        "Sequential": nn.Sequential(
            k,
            nn.EquivariantLinear(k, 4, 8, dtype=torch.float64),
            nn.InvariantTanh(k),
            nn.EquivariantLinear(k, 8, out_properties=energy, dtype=torch.float64),
        ),
        "EquivariantTransformation": nn.EquivariantTransformation(
            [torch.nn.Linear(4, 4, dtype=torch.float64) for _ in range(3)], k, 4, 4
        ),
    }


NO_GRADIENTS = ("LayerNorm", "InvariantLayerNorm", "ReLU", "SiLU", "Tanh")


def case_forward(f):
    t = tensor(f)
    for name, module in modules(f).items():
        result = module(t)
        assert result.keys == t.keys, name
        layers = module.module_map if hasattr(module, "module_map") else module
        for i in range(3):
            block, expected = result.block(i), t.block(i)
            assert block.samples == expected.samples
            assert block.components == expected.components
            values = layers.module_list[i](expected.values)
            assert torch.equal(block.values, values), name
            if layers.out_properties is None:
                assert block.properties == f.mts.Labels.range("_", values.shape[-1])
            else:
                assert block.properties == layers.out_properties[i]


def case_subset_of_keys(f):
    t = tensor(f)
    module = modules(f)["Linear"]
    part = f.mts.TensorMap(
        f.labels(["o3_lambda", "o3_sigma"], [[2, 1], [0, 1]]),
        [t.block(2).copy(), t.block(0).copy()],
    )
    result = module(part)
    assert torch.equal(result.block(0).values, module(t).block(2).values)
    assert torch.equal(result.block(1).values, module(t).block(0).values)
    empty = f.mts.TensorMap(f.mts.Labels.empty(["o3_lambda", "o3_sigma"]), [])
    for module in modules(f).values():
        assert len(module(empty)) == 0
    unknown = f.mts.TensorMap(f.labels(["o3_lambda", "o3_sigma"], [[3, 1]]), [t.block(2).copy()])
    with pytest.raises(KeyError, match="o3_lambda=3"):
        modules(f)["Linear"](unknown)


def case_gradients(f):
    t = tensor(f, gradients=True)
    for name, module in modules(f).items():
        if any(name.startswith((n, f"Invariant{n}")) for n in NO_GRADIENTS):
            with pytest.raises(ValueError, match="remove_gradients"):
                module(t)
        elif name == "EquivariantTransformation":
            with pytest.raises(AssertionError):
                module(t)
        else:
            result = module(t)
            layers = module.module_map if hasattr(module, "module_map") else module
            for i in range(3):
                gradient = t.block(i).gradient("g")
                expected = layers.module_list[i](gradient.values)
                assert torch.equal(result.block(i).gradient("g").values, expected), name
                assert result.block(i).gradient("g").samples == gradient.samples
                assert result.block(i).gradient("g").properties == result.block(i).properties


def case_layer_norm(f):
    t = tensor(f)
    result = f.nn.LayerNorm(keys(f), 4, dtype=torch.float64)(t)
    before = t.copy()
    for i in range(3):
        values = t.block(i).values
        expected = torch.nn.functional.layer_norm(values, values.shape[1:])
        torch.testing.assert_close(result.block(i).values, expected)
    modules(f)["LayerNorm without mean"](t)
    assert f.mts.equal(t, before)
    layer = f.nn._layer_norm._LayerNorm(4, mean=False, elementwise_affine=False)
    x = torch.rand(3, 4)
    variance = x.var(dim=1, keepdim=True, correction=0)
    torch.testing.assert_close(layer(x), x / torch.sqrt(variance + 1e-5))


def case_equivariance(f):
    t = tensor(f)
    # any rotation matrix will do for vectors, and the identity for all others
    rotation, _ = torch.linalg.qr(torch.rand(3, 3, dtype=torch.float64))
    blocks = [block.copy() for block in t.blocks()]
    values = torch.einsum("mn,snp->smp", rotation, blocks[1].values)
    blocks[1] = f.mts.TensorBlock(
        values, blocks[1].samples, blocks[1].components, blocks[1].properties
    )
    rotated = f.mts.TensorMap(keys(f), blocks)
    names = ["EquivariantLinear", "InvariantTanh", "Sequential", "EquivariantTransformation"]
    for name in [*names, "InvariantLayerNorm", "InvariantSiLU", "InvariantReLU"]:
        module = modules(f)[name]
        expected = torch.einsum("mn,snp->smp", rotation, module(t).block(1).values)
        torch.testing.assert_close(module(rotated).block(1).values, expected)


def case_in_place(f):
    t = tensor(f)
    f.nn.ReLU(keys(f), in_place=True)(t)
    assert torch.all(t.block(0).values >= 0)
    identity = f.nn.InvariantSiLU(keys(f), in_place=True)
    values = t.block(1).values
    assert identity(t).block(1).values.data_ptr() == values.data_ptr()


def case_autograd(f):
    t = f.mts.requires_grad(tensor(f))
    result = modules(f)["Sequential"](t)
    result.block(0).values.sum().backward()
    assert t.block(0).values.grad is not None


def case_arguments(f):
    nn, k = f.nn, keys(f)
    labels = f.mts.Labels.range("n", 2)
    for function, error, text in (
        (lambda: nn.Linear(3, 4, 3), TypeError, "in_keys"),
        (lambda: nn.Linear(k, 4), ValueError, "out_features"),
        (lambda: nn.Linear(k, [4, 4], 3), ValueError, "3, got 2"),
        (lambda: nn.Linear(k, 4.0, 3), TypeError, "in_features"),
        (lambda: nn.Linear(k, 4, [3, 3, "a"]), TypeError, "out_features"),
        (lambda: nn.Linear(k, 4, 3, bias=1), TypeError, "bias"),
        (lambda: nn.Linear(k, 4, out_properties=[labels]), ValueError, "3, got 1"),
        (lambda: nn.Linear(k, 4, out_properties=labels), TypeError, "out_properties"),
        (lambda: nn.Linear(k, 4, out_properties=[labels, labels, 3]), TypeError, "int"),
        (lambda: nn.LayerNorm(k, 4, eps=1), TypeError, "eps"),
        (lambda: nn.InvariantLayerNorm(k, [4, 4]), ValueError, "1, got 2"),
        (lambda: nn.ModuleMap(k, [torch.nn.Tanh()]), ValueError, "3, got 1"),
        (lambda: nn.ModuleMap([0], [torch.nn.Tanh()]), TypeError, "list"),
        (lambda: nn.Sequential(k), ValueError, "at least one"),
        (lambda: nn.Sequential([], nn.Tanh(k)), TypeError, "in_keys"),
        (lambda: nn.Sequential(k, torch.nn.Tanh()), TypeError, "Tanh"),
        (lambda: nn.Sequential(k, nn.Tanh(labels)), ValueError, "module 0 has 2"),
        (lambda: nn.EquivariantTransformation([], k, 4, 4), ValueError, "3, got 0"),
    ):
        with pytest.raises(error, match=text):
            function()
    with pytest.raises(Exception, match="invariant_keys"):
        nn.InvariantTanh(labels)
    for selection in (f.labels(["o3_lambda"], [[1]]), f.labels(["o3_lambda"], [[9]])):
        module = nn.InvariantTanh(k, invariant_keys=selection)
        kinds = [type(m).__name__ == "Tanh" for m in module.module_map.module_list]
        assert kinds == [False, 1 in selection.column("o3_lambda"), False]
    # sequences of any kind, and integers of numpy, are fine
    nn.Linear(k, (4, 4, 4), 3)
    with pytest.raises((RuntimeError, f.mts.operations.NotEqualError, Exception)):
        nn.ModuleMap(k, [torch.nn.Tanh()] * 3, [labels] * 3)(tensor(f))


STATE_KEYS = {
    "Linear": ["module_map.module_list.2.weight", "module_map.module_list.2.bias"],
    "EquivariantLinear": ["module_map.module_list.0.bias", "module_map.module_list.2.weight"],
    "Sequential": ["module_map.module_list.0.0.bias", "module_map.module_list.2.2.weight"],
    "LayerNorm": ["module_map.module_list.1._extra_state", "module_map.module_list.1.weight"],
    "EquivariantTransformation": [
        "module_map.module_list.0.weight",
        "module_map.module_list.1.module.weight",
        "module_map.module_list.1._mts_helper",
    ],
}


def case_state_dict(f):
    for name, module in modules(f).items():
        state = module.state_dict()
        prefix = "" if name == "ModuleMap" else "module_map."
        assert {"_mts_helper", "_extra_state", f"{prefix}_mts_helper"} <= set(state)
        assert set(STATE_KEYS.get(name, [])) <= set(state)
        stored = state[f"{prefix}_extra_state"]["_in_keys"]
        assert len(stored) == 3
        assert stored[0] == "metatensor.Labels"
        assert stored[2].dtype == torch.int32
        assert stored[2].numel() == 0

        buffer = io.BytesIO()
        torch.save(state, buffer)
        buffer.seek(0)
        loaded = torch.load(buffer, weights_only=True)
        other = modules(f)[name]
        for parameter in other.parameters():
            parameter.data.zero_()
        other.load_state_dict(loaded)
        t = tensor(f)
        assert f.mts.equal(other(t), module(t)), name
        assert f.mts.equal(copy.deepcopy(module)(t), module(t)), name
        assert f.mts.equal(pickle.loads(pickle.dumps(module))(t), module(t)), name


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


def dtype_of(data):
    """dtype of the values of a block or of the first block of a map."""
    return (data.block(0) if hasattr(data, "keys") else data).values.dtype


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


CASES = {
    name[len("case_") :]: function
    for name, function in list(globals().items())
    if name.startswith("case_")
}
