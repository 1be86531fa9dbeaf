"""Results of operations, whose blocks are only made when somebody looks at them."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import List

import metatensor.torch as mts
import pytest
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap

COUNT = 20


def make_map(gradient=True, count=COUNT, requires_grad=False):
    blocks = []
    for i in range(count):
        properties = Labels.range("p", 3)
        samples = Labels(["s", "t"], torch.tensor([[i, 0], [i, 1]]))
        components = [Labels.range("c", 2)]
        values = torch.rand(2, 2, 3, dtype=torch.float64, requires_grad=requires_grad)
        block = TensorBlock(values, samples, components, properties)
        if gradient:
            rows = Labels(["sample", "g"], torch.tensor([[0, i], [1, i], [1, i + 1]]))
            values = torch.rand(3, 2, 3, dtype=torch.float64)
            block.add_gradient("g", TensorBlock(values, rows, components, properties))
        blocks.append(block)
    return TensorMap(Labels.range("k", count), blocks)


def values_of(tensor):
    return [block.values for block in tensor.blocks()]


OPERATIONS = {
    "multiply": lambda tensor: mts.multiply(tensor, 2.0),
    "add": lambda tensor: mts.add(tensor, tensor),
    "remove_gradients": lambda tensor: mts.remove_gradients(mts.remove_gradients(tensor)),
    "drop_blocks": lambda tensor: mts.drop_blocks(tensor, Labels(["k"], torch.tensor([[2], [3]]))),
    "sum": lambda tensor: mts.sum_over_samples(tensor, "t"),
    "join": lambda tensor: mts.join([tensor, tensor], "properties", add_dimension="j"),
    "sort": lambda tensor: mts.sort(tensor, descending=True),
    "rename": lambda tensor: mts.rename_dimension(tensor, "samples", "t", "u"),
}


@pytest.mark.parametrize("gradient", [False, True])
@pytest.mark.parametrize("name", OPERATIONS)
def test_like_other_maps(name, gradient):
    """All that can be asked of a map, once without and once with its blocks."""
    tensor = make_map(gradient)

    def answers(look):
        result = OPERATIONS[name](tensor)
        assert not result.is_view
        if look:
            assert len(result.blocks()) == len(result)
        names = (result.sample_names, result.component_names, result.property_names)
        result.set_info("a", "b")
        return names, result.dtype, result.device, result.info(), result.print(4), result

    first, second = answers(False), answers(True)
    assert first[:-1] == second[:-1]
    mts.equal_raise(first[-1], second[-1])
    mts.equal_metadata_raise(first[-1], second[-1])
    for again in (False, True):
        result = answers(again)[-1]
        mts.equal_raise(pickle.loads(pickle.dumps(result)), second[-1])
        mts.equal_raise(copy.deepcopy(answers(again)[-1]), second[-1])
        assert result.to(torch.float32).block(0).values.dtype == torch.float32
        chained = mts.multiply(mts.add(answers(again)[-1], answers(False)[-1]), 0.5)
        mts.allclose_raise(chained, second[-1])
        assert (result.as_mts_tensormap_t() != 0) and result.keys == second[-1].keys


@pytest.mark.parametrize("look", [False, True])
def test_blocks_are_views(look):
    tensor = make_map()
    result = mts.multiply(tensor, 2.0)
    if look:
        assert len(result.blocks()) == COUNT
    block = result.block(3)
    assert block.as_mts_block_t() == result.block_by_id(3).as_mts_block_t()
    assert block.values.data_ptr() == result.block(3).values.data_ptr()
    assert block.properties == tensor.block(3).properties
    block.values[:] = 7.0
    block.gradient("g").values[:] = 8.0
    again = mts.add(result, 1.0)
    assert torch.all(again.block(3).values == 8.0)
    assert torch.all(again.block(3).gradient("g").values == 8.0)
    assert not torch.any(again.block(4).values == 8.0)
    # blocks live longer than the name of the map
    del result, again
    assert torch.all(block.values == 7.0)
    with pytest.raises(RuntimeError, match="view"):
        block.release()


def test_arrays_are_shared():
    tensor = make_map(gradient=False)
    kept = mts.filter_blocks(tensor, Labels(["k"], torch.tensor([[4], [5]])))
    again = mts.drop_blocks(kept, Labels(["k"], torch.tensor([[5]])))
    tensor.block(4).values[0, 0, 0] = 12.0
    assert again.block().values.data_ptr() == tensor.block(4).values.data_ptr()
    assert kept.block(0).values[0, 0, 0] == 12.0


def test_threads():
    """Blocks are made once, whoever looks at them first."""
    for _ in range(20):
        result = mts.multiply(make_map(), 2.0)

        def look(i, result=result):
            addresses = [block.as_mts_block_t() for block in result.blocks()]
            other = mts.add(result, float(i))
            return addresses, other.block(i).values.sum().item()

        with ThreadPoolExecutor(8) as executor:
            results = list(executor.map(look, range(8)))
        assert all(addresses == results[0][0] for addresses, _ in results)
        expected = [(result.block(i).values + i).sum().item() for i in range(8)]
        assert [total for _, total in results] == pytest.approx(expected)


@pytest.mark.parametrize("look", [False, True])
def test_release(look):
    result = mts.multiply(make_map(), 2.0)
    if look:
        assert len(result.blocks()) == COUNT
    expected = result.block(2).values.clone() if look else None
    pointer = result.release()
    with pytest.raises(RuntimeError):
        result.block(2)
    with pytest.raises(RuntimeError):
        mts.add(result, 1.0)
    again = TensorMap.unsafe_from_ptr(pointer)
    if look:
        assert torch.equal(again.block(2).values, expected)
    assert len(again.blocks()) == COUNT


def test_autograd():
    tensor = make_map(gradient=False, requires_grad=True)
    result = mts.multiply(mts.add(tensor, tensor), 3.0)
    assert all(values.requires_grad for values in values_of(result))
    sum(values.sum() for values in values_of(mts.sum_over_samples(result, "t"))).backward()
    for block in tensor.blocks():
        assert torch.all(block.values.grad == 6.0)
    # the results can be modified in place, and be made leaves
    with torch.no_grad():
        constant = mts.multiply(tensor, 3.0)
    block = constant.block(1)
    assert not block.values.requires_grad
    block.values.requires_grad_(True)
    other = mts.multiply(constant, 2.0)
    assert other.block(1).values.requires_grad


def test_modified_in_place():
    """Arrays which share their memory do not share a version."""
    tensor = make_map(gradient=False)
    result = mts.multiply(tensor, 2.0)
    first, second = result.block(0).values, result.block(1).values
    x = torch.ones(3, dtype=torch.float64, requires_grad=True)
    product = (second * x).sum()
    first += 1.0
    product.backward()
    torch.testing.assert_close(x.grad, second.sum((0, 1)))


class Chain(torch.nn.Module):
    def forward(self, tensor: TensorMap) -> List[TensorMap]:
        total = mts.add(tensor, tensor)
        kept = mts.filter_blocks(total, Labels(["k"], torch.tensor([[1], [3]])))
        block = kept.block_by_id(1)
        block.values[:] = 0.0
        return [total, kept, mts.multiply(total, 2.0)]


def test_scripted():
    tensor = make_map()
    expected = Chain()(tensor)
    for result, other in zip(torch.jit.script(Chain())(tensor), expected, strict=True):
        mts.equal_raise(result, other)
    assert torch.all(expected[2].block(3).values == 0.0)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.int64, torch.float16])
@pytest.mark.parametrize("layout", ["own", "shared", "other", "strided", "large"])
def test_same_numbers(dtype, layout):
    """Arithmetic gives the same bits, wherever the arrays are."""

    def make(seed):
        torch.manual_seed(seed)
        shapes = [(i % 3 + 1, 2, 7) for i in range(9)]
        if layout == "large":
            shapes = [(50, 10, 70)] * 5
        parts = [torch.randint(1, 20, shape).to(dtype) for shape in shapes]
        if layout == "strided":
            parts = [part.transpose(0, 2).contiguous().transpose(0, 2) for part in parts]
        if layout == "shared" or (layout == "other" and seed == 1):
            packed = torch.cat([part.flatten() for part in parts])
            split = packed.split([part.numel() for part in parts])
            parts = [a.view(b.shape) for a, b in zip(split, parts, strict=True)]
        blocks = []
        for i, part in enumerate(parts):
            samples = Labels.range("s", part.shape[0])
            components = [Labels.range("c", part.shape[1])]
            blocks.append(TensorBlock(part, samples, components, Labels.range("p", part.shape[2])))
        return TensorMap(Labels.range("k", len(blocks)), blocks)

    a, b = make(1), make(2)
    cases = [
        (mts.add(a, b), lambda x, y: x + y),
        (mts.subtract(a, b), lambda x, y: x - y if dtype.is_floating_point else x + -1.0 * y),
        (mts.multiply(a, b), lambda x, y: x * y),
        (mts.divide(a, b), lambda x, y: x / y),
        (mts.add(a, 0.3), lambda x, _: x + 0.3),
        (mts.subtract(a, 0.3), lambda x, _: x + -0.3),
        (mts.multiply(a, 0.3), lambda x, _: x * 0.3),
        (mts.divide(a, 0.3), lambda x, _: x / 0.3),
        (mts.add(mts.add(a, b), mts.multiply(a, b)), lambda x, y: (x + y) + x * y),
    ]
    for result, function in cases:
        for block, x, y in zip(result.blocks(), values_of(a), values_of(b), strict=True):
            expected = function(x, y)
            assert block.values.dtype == expected.dtype
            assert torch.equal(block.values, expected)


@pytest.mark.parametrize("look", [False, True])
def test_equal(look):
    """Maps whose arrays are next to each other, and those whose arrays are not."""
    tensor = make_map()
    first, second = mts.multiply(tensor, 2.0), mts.add(tensor, tensor)
    if look:
        assert len(first.blocks()) == COUNT
    assert mts.equal(first, second)
    assert mts.equal(first, mts.multiply(first.to(torch.float32), 1.0)) is False
    second.block(7).gradient("g").values[0, 0, 0] = 100.0
    assert not mts.equal(first, second)
    with pytest.raises(torch.jit.Error, match="'g'.*k=7"):
        mts.equal_raise(first, second)
    first.block(3).values[1, 0, 2] = float("nan")
    assert not mts.equal(first, first)
    with pytest.raises(torch.jit.Error, match="k=3"):
        mts.equal_raise(first, first)


@pytest.mark.parametrize("dtype", [torch.float64, torch.int64, torch.float16, torch.bool])
def test_filled(dtype):
    tensor = make_map().to(dtype)
    for result, fill in ((mts.zeros_like(tensor), 0), (mts.ones_like(tensor), 1)):
        for block, other in zip(result.blocks(), tensor.blocks(), strict=True):
            for part, like in ((block, other), (block.gradient("g"), other.gradient("g"))):
                assert torch.equal(part.values, torch.full_like(like.values, fill))
                assert part.values.dtype == dtype
    if dtype != torch.bool:
        result = mts.abs(mts.multiply(mts.remove_gradients(tensor), -1))
        for block, other in zip(result.blocks(), tensor.blocks(), strict=True):
            assert torch.equal(block.values, other.values.abs())
