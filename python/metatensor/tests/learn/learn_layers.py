"""Cases of layers: what they compute, their arguments and their state."""

import copy
import io
import pickle

import pytest
import torch
from learn_modules import keys, modules, tensor

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
