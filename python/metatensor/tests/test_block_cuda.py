"""Blocks and tensor maps on a CUDA device."""

import pickle

import numpy as np
import pytest
from array_makers import NumpyArrays, TorchArrays
from builders import assert_same_map, host, labels, small_map
from metatensor import Labels, MetatensorError, TensorBlock, TensorMap

torch = pytest.importorskip("torch")

if not torch.cuda.is_available():
    pytest.skip("needs a CUDA device", allow_module_level=True)

CUDA = torch.device("cuda", 0)
MOVES = [
    lambda t: t.keys_to_samples("k", fill_value=-1),
    lambda t: t.keys_to_samples("k", sort_samples=False),
    lambda t: t.keys_to_properties(["l", "k"], fill_value=2.5),
    lambda t: t.keys_to_properties(labels("k", [[1], [0], [3]])),
    lambda t: t.components_to_properties("xyz"),
    lambda t: t.components_to_properties([]),
]


@pytest.fixture
def tensor():
    return small_map(TorchArrays, nested=True).to(CUDA)


def simple_map():
    return small_map(TorchArrays)


def test_to(tensor):
    assert tensor.device == CUDA
    assert tensor.keys.device == CUDA
    assert tensor[0].samples.device == CUDA
    assert tensor[0].gradient("positions").gradient("cell").device == CUDA
    assert tensor.to("cuda")[0].values is tensor[0].values
    assert_same_map(tensor.to("cpu", arrays="numpy"), small_map(NumpyArrays, nested=True))
    assert_same_map(tensor.to(arrays="numpy", device="cpu"), small_map(NumpyArrays, nested=True))
    assert tensor.to(torch.float32, non_blocking=True).dtype == torch.float32
    direct = small_map(NumpyArrays).to(arrays="torch", device="cuda", dtype=torch.float32)
    assert (direct.device, direct.dtype) == (CUDA, torch.float32)


def test_devices_must_agree(tensor):
    block = tensor[0]
    with pytest.raises(MetatensorError, match=r"'cuda:0'.*samples labels are on device 'cpu'"):
        TensorBlock(block.values, Labels.range("s", 2), block.components, block.properties)
    with pytest.raises(MetatensorError, match=r"keys are on device 'cpu'.*'cuda:0'"):
        TensorMap(Labels.single(), [block])
    with pytest.raises(MetatensorError, match="'cuda:0' and 'cpu'"):
        TensorMap(Labels.range("k", 2).to(arrays="torch", device=CUDA), [block, block.to("cpu")])
    with pytest.raises(MetatensorError, match="'cuda:0' and 'cpu'"):
        block.copy().add_gradient("g", simple_map()[0].gradient("positions"))


def test_sample_positions(tensor):
    block = tensor[0]
    gradient = block.gradient("positions")
    for value in (-1, 2):
        samples = Labels(gradient.samples.names, torch.tensor([[0, 5], [value, 7]], device=CUDA))
        new = TensorBlock(gradient.values, samples, gradient.components, gradient.properties)
        with pytest.raises(MetatensorError, match=f"entry 1 is {value}"):
            block.copy().add_gradient("g", new)
    block.copy().add_gradient("g", gradient.copy())


def test_selection(tensor):
    for selection in (
        {"k": 1},
        labels("k", [[1]]),
        labels("k", [[1]]).to(arrays="torch"),
        labels("k l", [[1, 0], [5, 5]]).to(arrays="torch", device=CUDA),
        tensor.keys[1],
    ):
        assert tensor.block(selection).values is tensor[1].values
    assert len(tensor.blocks(k=0)) == 2


@pytest.mark.parametrize("move", MOVES)
def test_moves(move):
    tensor = simple_map()
    moved = move(tensor.to(CUDA))
    assert moved.device == CUDA
    assert moved.keys.device == CUDA
    assert moved[0].samples.device == CUDA
    assert_same_map(moved.to("cpu"), move(tensor))


@pytest.mark.parametrize("move", MOVES)
def test_moves_are_differentiable(move):
    tensor = simple_map().to(CUDA)
    leaves = [leaf.clone().requires_grad_() for leaf in tensor._leaves()]
    moved = move(tensor._with_arrays(leaves))
    sum((leaf**2).sum() for leaf in moved._leaves()).backward()
    for leaf in leaves:
        assert leaf.grad.device == CUDA
        kept = leaf.grad != 0
        assert torch.equal(leaf.grad[kept], 2 * leaf.detach()[kept])
    # blocks which are not selected get no gradients, all the others do
    assert any(leaf.grad.any() for leaf in leaves)


def test_files(tensor):
    expected = small_map(NumpyArrays, nested=True)
    assert bytes(tensor.save_buffer()) == bytes(expected.save_buffer())
    assert bytes(tensor.save_buffer(use_numpy=True)) == bytes(expected.save_buffer(use_numpy=True))
    loaded = pickle.loads(pickle.dumps(tensor))
    assert loaded.device == CUDA
    assert_same_map(loaded, tensor)


def test_copies(tensor):
    new = tensor.copy()
    assert new.device == CUDA
    assert new[0].values.data_ptr() != tensor[0].values.data_ptr()
    assert new[0].samples is tensor[0].samples
    again = TensorMap.unsafe_from_ptr(new.release())
    assert again[0].device == CUDA
    assert_same_map(again, tensor)


def test_printing(tensor):
    expected = small_map(NumpyArrays, nested=True)
    assert repr(tensor) == repr(expected)
    assert repr(tensor[0]) == repr(expected[0])
    assert tensor._repr_html_() == expected._repr_html_()


def test_in_place():
    tensor = simple_map().to(CUDA)
    tensor.as_mts_tensormap_t()
    tensor[0].values[:] = 3
    assert (host(tensor.keys_to_samples("k").block(0).values)[0] == 3).all()
    assert np.all(host(tensor[0].values) == 3)
