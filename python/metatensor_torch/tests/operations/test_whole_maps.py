"""Operations which are done to all blocks together give what they give one by one."""

import metatensor
import metatensor.torch as mts
import pytest
import torch
from map_builders import (
    DTYPES,
    INEXACT,
    check_same_maps,
    check_same_values,
    labels,
    random_block,
    random_map,
    to_plain,
)
from metatensor.torch import Labels, TensorBlock, TensorMap

ops = torch.ops.metatensor

SYSTEMS = labels(["system"], [[2], [4], [100]])
BOTH = labels(["system", "atom"], [[6, 4], [2, 2], [0, 0], [4, 0]])
PROPERTIES = labels(["n"], [[1]])
KEYS = labels(["k"], [[3], [0], [12]])

#: name, and a function of the module and of the arguments
OPERATIONS = {
    "sum_over_samples": lambda m, t, _: m.sum_over_samples(t, "atom"),
    "sum_over_all_samples": lambda m, t, _: m.sum_over_samples(t, ["atom", "system"]),
    "sum_over_properties": lambda m, t, _: m.sum_over_properties(t, "l"),
    "slice_systems": lambda m, t, a: m.slice(t, "samples", a["systems"]),
    "slice_samples": lambda m, t, a: m.slice(t, "samples", a["both"]),
    "slice_properties": lambda m, t, a: m.slice(t, "properties", a["properties"]),
    "split": lambda m, t, a: m.join(
        m.split(t, "samples", [a["systems"], a["both"]]), "samples", add_dimension="i"
    ),
    "sort_samples": lambda m, t, _: m.sort(t, "samples"),
    "sort": lambda m, t, _: m.sort(t, descending=True),
    "join_samples": lambda m, t, a: m.join([t, a["other"], t], "samples", add_dimension="i"),
    "join_properties": lambda m, t, _: m.join([t, t], "properties", add_dimension="i"),
    "join_intersection": lambda m, t, a: m.join(
        [t, a["filtered"]], "samples", different_keys="intersection", add_dimension="i"
    ),
    "join_union": lambda m, t, a: m.join(
        [t, a["filtered"]], "samples", different_keys="union", add_dimension="i"
    ),
    "drop_blocks": lambda m, t, a: m.drop_blocks(t, a["keys"]),
    "filter_blocks": lambda m, t, a: m.filter_blocks(t, a["keys"]),
    "drop_empty_blocks": lambda m, t, _: m.drop_empty_blocks(t),
    "append_dimension": lambda m, t, _: m.append_dimension(t, "samples", "new", 7),
    "insert_in_keys": lambda m, t, _: m.insert_dimension(t, "keys", 0, "new", -3),
    "insert_from_end": lambda m, t, _: m.insert_dimension(t, "properties", -1, "new", 3),
    "permute_dimensions": lambda m, t, _: m.permute_dimensions(t, "samples", [1, -2]),
    "remove_dimension": lambda m, t, _: m.remove_dimension(t, "samples", "system"),
    "rename_samples": lambda m, t, _: m.rename_dimension(t, "samples", "atom", "a_2"),
    "rename_components": lambda m, t, _: m.rename_dimension(t, "components", "c", "d"),
}

REDUCTIONS = {
    f"{kind}_over_{axis}": lambda m, t, _, kind=kind, axis=axis, name=name: getattr(
        m, f"{kind}_over_{axis}"
    )(t, name)
    for kind in ("mean", "var", "std")
    for axis, name in (("samples", "atom"), ("properties", "l"))
}
for kind in ("mean", "std"):
    REDUCTIONS[f"{kind}_by_samples"] = lambda m, t, _, kind=kind: getattr(
        m, f"{kind}_over_samples"
    )(t, "atom", "samples")


def arguments_for(tensor):
    """Everything else which operations need."""
    return {
        "systems": SYSTEMS,
        "both": BOTH,
        "properties": PROPERTIES,
        "keys": KEYS,
        "other": random_map(
            tensor.block_by_id(0).values.dtype,
            gradients=len(tensor.block_by_id(0).gradients_list()) != 0,
            shift=20,
        ),
        "filtered": mts.filter_blocks(tensor, KEYS),
    }


def check_flavours(operation, tensor):
    arguments = arguments_for(tensor)
    ours = operation(mts, tensor, arguments)
    plain = {name: to_plain(value) for name, value in arguments.items()}
    check_same_maps(ours, operation(metatensor, to_plain(tensor), plain))
    return ours


@pytest.mark.parametrize("name", OPERATIONS)
def test_flavours_agree(name):
    check_flavours(OPERATIONS[name], random_map(torch.float64))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("name", OPERATIONS)
def test_flavours_agree_with_gradients(name, dtype):
    check_flavours(OPERATIONS[name], random_map(dtype, gradients=True))


@pytest.mark.parametrize("dtype", INEXACT)
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions_of_flavours_agree(name, dtype):
    check_flavours(REDUCTIONS[name], random_map(dtype, gradients=True))


def with_requires_grad(tensor, every):
    """Every second block or all of them is tracked; and all arrays which are."""
    blocks, tracked = [], []

    def track(array, number):
        new = array.detach().clone()
        if number % every == 0:
            tracked.append(new.requires_grad_())
        return new

    for i, block in enumerate(tensor.blocks()):
        new = TensorBlock(track(block.values, i), block.samples, block.components, block.properties)
        for name, gradient in block.gradients():
            values = track(gradient.values, i)
            new.add_gradient(
                name,
                TensorBlock(values, gradient.samples, gradient.components, gradient.properties),
            )
        blocks.append(new)
    return TensorMap(tensor.keys, blocks), tracked


@pytest.mark.parametrize(("dtype", "every"), [(torch.float64, 1), (torch.float16, 2)])
@pytest.mark.parametrize("name", [*OPERATIONS, *REDUCTIONS])
def test_tracked_arrays(name, dtype, every):
    operation = {**OPERATIONS, **REDUCTIONS}[name]
    tensor = random_map(dtype, gradients=True)
    arguments = arguments_for(tensor)
    expected = operation(mts, tensor, arguments)
    tracked, leaves = with_requires_grad(tensor, every)
    result = operation(mts, tracked, {**arguments, "filtered": mts.filter_blocks(tracked, KEYS)})
    check_same_maps(result, expected)

    total = sum((block.values.double() ** 2).sum() for block in result.blocks())
    derivatives = torch.autograd.grad(total, leaves, allow_unused=True)
    assert any(one is not None for one in derivatives)
    for one in derivatives:
        # standard deviations of a single number have a derivative of zero
        assert one is None or bool(torch.isfinite(one).all())


@pytest.mark.parametrize("name", ["sum_over_samples", "sum_over_properties"])
@pytest.mark.parametrize("dtype", [torch.float64, torch.float16, torch.complex64, torch.int32])
def test_sums_are_in_order(name, dtype):
    block = random_block(0, 40, 2, 6, dtype, False)
    tensor = TensorMap(Labels.single(), [block.copy()])
    axis = 0 if name == "sum_over_samples" else -1
    dimension, rows = ("atom", block.samples) if axis == 0 else ("l", block.properties)
    kept = rows.column(rows.names[0]).tolist()
    reduced = getattr(mts, name)(tensor, dimension).block().values
    groups = sorted(set(kept))
    for i, group in enumerate(groups):
        # small floating point numbers are rounded once
        wide = torch.float32 if dtype == torch.float16 else dtype
        total = torch.zeros_like(reduced.select(axis, i), dtype=wide)
        for j, other in enumerate(kept):
            if other == group:
                total = total + block.values.select(axis, j)
        check_same_values(reduced.select(axis, i), total.to(dtype))


@pytest.mark.parametrize("name", [*OPERATIONS, *REDUCTIONS])
def test_large_blocks(name):
    # as many bytes as are never put together with others
    operation = {**OPERATIONS, **REDUCTIONS}[name]
    blocks = [random_block(i, 700, 2, 60, torch.float64, True) for i in range(2)]
    blocks.append(random_block(2, 5, 2, 60, torch.float64, True))
    tensor = TensorMap(Labels.range("k", 3), blocks)
    if name in {"join_samples", "join_union", "join_intersection"}:
        operation = lambda m, t, _: m.join([t, t], "samples", add_dimension="i")  # noqa: E731
    check_flavours(operation, tensor)


def scripted(function):
    return torch.jit.script(function)


def sum_of(tensor: TensorMap) -> TensorMap:
    return mts.sum_over_samples(tensor, "atom")


def join_of(tensor: TensorMap) -> TensorMap:
    return mts.join([tensor, tensor], "samples", add_dimension="i")


def insert_in(tensor: TensorMap) -> TensorMap:
    return mts.append_dimension(tensor, "samples", "new", 3)


def slice_of(tensor: TensorMap) -> TensorMap:
    selection = Labels(["system"], torch.tensor([[2], [4]]))
    return mts.slice(tensor, "samples", selection)


@pytest.mark.parametrize("function", [sum_of, join_of, insert_in, slice_of])
def test_scripted_is_eager(function):
    tensor = random_map(torch.float64, gradients=True)
    check_same_maps(scripted(function)(tensor), function(tensor))


GRADCHECKED = {
    "sum": lambda t: mts.sum_over_samples(t, "atom"),
    "mean": lambda t: mts.mean_over_samples(t, "atom"),
    "var": lambda t: mts.var_over_samples(t, "atom"),
    "std": lambda t: mts.std_over_samples(t, ["atom", "system"]),
    "var_over_properties": lambda t: mts.var_over_properties(t, "l"),
    "slice": lambda t: mts.slice(t, "samples", SYSTEMS),
    "slice_properties": lambda t: mts.slice(t, "properties", PROPERTIES),
    "sort": lambda t: mts.sort(t),
    "join": lambda t: mts.join([t, t], "samples", add_dimension="i"),
    "join_properties": lambda t: mts.join([t, t], "properties", add_dimension="i"),
}


@pytest.mark.parametrize("name", GRADCHECKED)
def test_derivatives_of_several_blocks(name):
    like = [random_block(i, n, 2, 2, torch.float64, True) for i, n in enumerate([3, 4, 0, 2])]

    def function(*arrays):
        blocks = []
        for block, values, gradient in zip(like, arrays[::2], arrays[1::2]):
            new = TensorBlock(values, block.samples, block.components, block.properties)
            old = block.gradient("g")
            new.add_gradient(
                "g", TensorBlock(gradient, old.samples, old.components, old.properties)
            )
            blocks.append(new)
        result = GRADCHECKED[name](TensorMap(Labels.range("k", len(blocks)), blocks))
        outputs = []
        for block in result.blocks():
            outputs += [block.values, block.gradient("g").values]
        return tuple(one for one in outputs if one.requires_grad)

    arrays = []
    for block in like:
        arrays += [block.values, block.gradient("g").values]
    arrays = [one.detach().clone().requires_grad_() for one in arrays]
    assert torch.autograd.gradcheck(function, arrays)
    assert torch.autograd.gradgradcheck(function, arrays)


def test_forward_derivatives():
    block = random_block(0, 4, 0, 2, torch.float64, False)
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(block.values, torch.ones_like(block.values))
        blocks = [TensorBlock(dual, block.samples, [], block.properties)]
        tensor = TensorMap(Labels.single(), blocks)
        total = mts.sum_over_samples(tensor, ["atom", "system"]).block().values
        tangent = torch.autograd.forward_ad.unpack_dual(total).tangent
    assert torch.equal(tangent, torch.full((1, 2), 4.0, dtype=torch.float64))


def test_results_are_independent():
    # they share memory, but neither values nor versions
    for tracked in (False, True):
        tensor = random_map(torch.float64)
        if tracked:
            tensor, _ = with_requires_grad(tensor, 1)
        result = mts.sum_over_samples(tensor, "atom")
        first, second = result.block(0).values, result.block(2).values
        before = second.detach().clone()
        squared = (second * second).sum()
        first += 1.0
        assert torch.equal(second.detach(), before)
        if tracked:
            squared.backward()  # does not complain about a modified array


def test_inputs_are_not_shared():
    tensor = random_map(torch.float64)
    everything = labels(["system"], [[i] for i in range(20)])
    for result in (
        mts.slice(tensor, "samples", everything),
        mts.split(tensor, "samples", [everything])[0],
        mts.join([tensor, mts.filter_blocks(tensor, labels(["k"], []))], "samples", "union"),
    ):
        for block, original in zip(result.blocks(), tensor.blocks()):
            if block.values.numel() != 0:
                assert block.values.data_ptr() != original.values.data_ptr()
            check_same_values(block.values, original.values)


def test_labels_are_shared():
    tensor = random_map(torch.float64)
    result = mts.sum_over_samples(tensor, "atom")
    _, where = ops._distinct_labels(ops._samples_of(result))
    assert where[0] == where[-1]
    properties, _ = ops._distinct_labels(ops._properties_of(result))
    assert len(properties) == len(ops._distinct_labels(ops._properties_of(tensor))[0])


def test_nested_gradients():
    block = random_block(0, 3, 0, 2, torch.float64, True)
    inner = TensorBlock(
        torch.zeros(1, 1, 2, 2, dtype=torch.float64),
        labels(["sample", "b"], [[0, 0]]),
        [Labels.range("y", 1), Labels.range("x", 2)],
        block.properties,
    )
    gradient = block.gradient("g")
    new = TensorBlock(gradient.values, gradient.samples, gradient.components, block.properties)
    new.add_gradient("h", inner)
    outer = TensorBlock(block.values, block.samples, [], block.properties)
    outer.add_gradient("g", new)
    tensor = TensorMap(Labels.single(), [outer])
    with pytest.raises(Exception, match="gradients of gradients"):
        mts.var_over_samples(tensor, "atom")
    assert ops._plan_reduce(tensor, "samples", ["atom"], "sum", "rows") is None


def test_what_has_no_plan():
    tensor = random_map(torch.float64)
    assert ops._plan_reduce(tensor, "samples", ["atom"], "sum", "rows") is not None
    assert ops._plan_reduce(tensor, "samples", ["nope"], "sum", "rows") is None
    assert ops._plan_remove(tensor, "samples", "atom") is None  # not unique
    meta = TensorBlock(
        torch.zeros(2, 1, device="meta"),
        Labels.range("s", 2).to("meta"),
        [],
        Labels.range("p", 1).to("meta"),
    )
    meta_map = TensorMap(Labels.range("k", 1).to("meta"), [meta])
    assert ops._plan_insert(meta_map, "samples", 0, "new", 1) is None


def test_no_blocks():
    empty = TensorMap(labels(["k"], []), [])
    assert len(mts.slice(empty, "samples", SYSTEMS)) == 0
    assert len(mts.sort(empty)) == 0
    assert len(mts.join([empty, empty], "samples")) == 0
    assert [len(one) for one in mts.split(empty, "samples", [SYSTEMS, BOTH])] == [0, 0]
    assert mts.split(random_map(torch.float64), "samples", []) == []
