"""Labels, blocks and maps as pytrees of torch."""

import metatensor as mts
import numpy as np
import pytest
from array_makers import NumpyArrays, TorchArrays
from builders import assert_same_map, labels, small_map
from metatensor import Labels, TensorBlock, TensorMap

torch = pytest.importorskip("torch")
from torch.utils import _pytree as pytree  # noqa: E402


@pytest.fixture(params=["host-labels", "own-labels"])
def tensor(request):
    tensor = small_map(TorchArrays)
    return tensor.to(arrays="torch") if request.param == "own-labels" else with_host_labels(tensor)


def with_host_labels(tensor):
    assert isinstance(tensor.keys.values, np.ndarray)
    return tensor


def total(tensor):
    return sum((leaf**2).sum() for leaf in tensor._leaves())


def scaled(tensor, factor):
    return tensor._with_arrays([factor * leaf for leaf in tensor._leaves()])


def test_leaves(tensor):
    leaves, structure = pytree.tree_flatten(tensor)
    assert len(leaves) == 6
    assert leaves[1] is tensor[0].gradient("positions").values
    back = pytree.tree_unflatten(leaves, structure)
    assert isinstance(back, TensorMap)
    assert back.keys is tensor.keys
    assert structure == pytree.tree_structure(tensor.copy())
    assert structure != pytree.tree_structure(mts.remove_gradients(tensor))
    block = pytree.tree_map(lambda x: x + 1, tensor[0])
    assert isinstance(block, TensorBlock)
    assert torch.equal(block.values, tensor[0].values + 1)
    assert pytree.tree_leaves(tensor.keys) == []
    assert pytree.tree_map(lambda x: x, tensor.keys) is tensor.keys


def test_anything_can_be_a_leaf(tensor):
    for anything in (object(), None, 3):
        replaced = pytree.tree_map(lambda _, anything=anything: anything, tensor)
        assert replaced[0].values is anything
        assert "TensorMap" in str(replaced)


def test_paths(tensor):
    paths = [path for path, _ in pytree.tree_flatten_with_path(tensor)[0]]
    assert pytree.keystr(paths[0]) == ".block(k=0, l=0).values"


def test_grad(tensor):
    def loss(t):
        return total(mts.pow(t.keys_to_samples("k").keys_to_properties("l"), 2))

    plain = mts.remove_gradients(tensor)
    gradient = torch.func.grad(loss)(plain)
    expected = plain._with_arrays([4 * leaf**3 for leaf in plain._leaves()])
    assert_same_map(gradient, expected)
    jacobian = torch.func.jacrev(lambda t: total(t))(plain)
    assert_same_map(jacobian, scaled(plain, 2.0))


def test_vmap(tensor):
    batch = pytree.tree_map(lambda x: torch.stack([x, 2 * x, 3 * x]), tensor)
    operations = [
        lambda t: mts.sum_over_samples(t, "s"),
        lambda t: mts.multiply(t, t),
        lambda t: t.keys_to_samples("k"),
        lambda t: t.keys_to_properties("k", fill_value=-1.0),
        lambda t: t.components_to_properties("xyz"),
        lambda t: mts.sort(mts.slice(t, "samples", labels("s", [[2]]))),
    ]
    for operation in operations:
        result = torch.func.vmap(operation)(batch)
        for i in range(3):
            one = operation(scaled(tensor, i + 1.0))
            assert_same_map(pytree.tree_map(lambda x, i=i: x[i], result), one)


# torch itself uses what it deprecates
@pytest.mark.filterwarnings(
    "ignore:`torch.jit:FutureWarning", "ignore:`torch.jit:DeprecationWarning"
)
def test_jvp(tensor):
    plain = mts.remove_gradients(tensor)
    value, tangent = torch.func.jvp(
        lambda t: mts.multiply(t.keys_to_samples("k"), 3.0), (plain,), (mts.ones_like(plain),)
    )
    assert_same_map(value, mts.multiply(plain.keys_to_samples("k"), 3.0))
    assert_same_map(tangent, mts.multiply(mts.ones_like(value), 3.0))


def test_checkpoint(tensor):
    from torch.utils.checkpoint import checkpoint

    plain = mts.requires_grad(mts.remove_gradients(tensor))
    total(checkpoint(lambda t: mts.multiply(t, t), plain, use_reentrant=False)).backward()
    assert plain[0].values.grad.abs().sum() > 0


def test_backward_of_moves():
    """The graph does not grow with the size of what was already moved."""
    blocks = [
        TensorBlock(
            torch.full((2, 3), float(i), requires_grad=True),
            Labels.range("s", 2),
            [],
            Labels.range("p", 3),
        )
        for i in range(20)
    ]
    tensor = TensorMap(Labels.range("k", 20), blocks)
    values = tensor.keys_to_samples("k", sort_samples=False).block().values
    depth, node = 0, values.grad_fn
    while node is not None and depth < 100:
        depth, node = depth + 1, next((n for n, _ in node.next_functions if n is not None), None)
    assert depth <= 4
    values.sum().backward()
    assert all(torch.equal(b.values.grad, torch.ones(2, 3)) for b in blocks)


def test_numpy_maps_are_pytrees():
    tensor = small_map(NumpyArrays)
    assert len(pytree.tree_leaves({"a": [tensor, tensor.keys]})) == 6
