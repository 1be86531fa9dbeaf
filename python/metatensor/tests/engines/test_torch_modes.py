"""Labels are known inside of the transformations and modes of torch."""

import metatensor as mts
import pytest
from array_makers import TorchArrays
from builders import assert_same_map, labels, small_map
from metatensor import Labels, TensorBlock, TensorMap

torch = pytest.importorskip("torch")
fake_tensor = pytest.importorskip("torch._subclasses.fake_tensor")


def inside_grad(function):
    """Run a function inside of a transformation, and give what it returns."""
    _, result = torch.func.grad(lambda x: ((x**2).sum(), function()), has_aux=True)(torch.ones(2))
    return result


def inside_vmap(function):
    results = []
    torch.func.vmap(lambda x: (results.append(function()), x)[1])(torch.ones(2))
    return results[0]


def inside_fake_mode(function):
    with fake_tensor.FakeTensorMode():
        return function()


inside = pytest.mark.parametrize("inside", [inside_grad, inside_vmap, inside_fake_mode])


@inside
def test_labels_of_torch(inside):
    one = labels("a b", [[1, 2], [3, 4]]).to(arrays="torch")
    assert isinstance(one.values, torch.Tensor)

    def check():
        assert [entry.print() for entry in one] == ["(a=1, b=2)", "(a=3, b=4)"]
        if inside is not inside_fake_mode:  # which has no numbers of its own
            assert int(one[1]["b"]) == 4
        assert str(one) == str(labels("a b", [[1, 2], [3, 4]]))
        assert one.position([3, 4]) == 1
        made = [
            one.union(labels("a b", [[5, 6]]).to(arrays="torch")),
            one.remove("a"),
            one.append("c", torch.tensor([5, 6])) if inside is not inside_fake_mode else one,
            one.permute([1, 0]),
            one.to("cpu"),
            one.to(arrays="numpy"),
            Labels.range("a", 3).to(arrays="torch"),
        ]
        # different objects, with the same values
        assert Labels(["a", "b"], labels("a b", [[1, 2], [3, 4]]).values).to(arrays="torch") == one
        return made

    for outside, found in zip(check(), inside(check), strict=True):
        assert found == outside
        assert found.values.tolist() == outside.values.tolist()


def test_new_labels():
    # computed in the transformation, not from what it transforms
    made = inside_grad(lambda: Labels("a", torch.arange(3).reshape(-1, 1)))
    assert made == Labels.range("a", 3)
    for transform in (torch.func.vmap, torch.func.grad):
        with pytest.raises((TypeError, RuntimeError), match=r"torch.func|integers|Float|float"):
            transform(lambda x: Labels("a", x.reshape(-1, 1)) and x.sum())(torch.ones(3))
    with pytest.raises(TypeError, match="they must be known before"):
        torch.func.vmap(lambda x: Labels("a", x) and x)(torch.ones(3, 2, 1, dtype=torch.int32))
    with (
        fake_tensor.FakeTensorMode(),
        pytest.raises(TypeError, match="can not be fake tensors"),
    ):
        Labels("a", torch.zeros((1, 1), dtype=torch.int32))


def test_no_data():
    tensor = mts.remove_gradients(small_map(TorchArrays))

    def save(t):
        t.save_buffer()
        return t[0].values.sum()

    with pytest.raises(ValueError, match=r"which torch.func transforms"):
        torch.func.grad(save)(tensor)
    with pytest.raises(ValueError, match=r"which torch.func transforms"):
        torch.func.grad(lambda t: t.to(arrays="numpy")[0].values.sum())(tensor)
    mode = fake_tensor.FakeTensorMode()
    fake = tensor._with_arrays([mode.from_tensor(leaf) for leaf in tensor._leaves()])
    for function in (save, lambda t: t.to(arrays="numpy")):
        with pytest.raises(ValueError, match="data of a fake tensor"):
            function(fake)


@pytest.mark.parametrize("active", [False, True], ids=["mode-is-off", "mode-is-on"])
@pytest.mark.parametrize("own", [False, True], ids=["host-labels", "own-labels"])
def test_operations_on_fake_tensors(active, own):
    tensor = small_map(TorchArrays)
    tensor = tensor.to(arrays="torch") if own else tensor
    mode = fake_tensor.FakeTensorMode()
    fake = tensor._with_arrays([mode.from_tensor(leaf) for leaf in tensor._leaves()])
    for operation in (
        lambda t: t.keys_to_samples("k").keys_to_properties("l"),
        lambda t: t.keys_to_properties("k", fill_value=-1.0),
        lambda t: t.components_to_properties("xyz"),
        lambda t: t.copy().to(dtype=torch.float32),
        lambda t: mts.multiply(mts.add(t, t), 2.0),
        lambda t: mts.std_over_samples(t, "s"),
        lambda t: mts.slice(t, "samples", labels("s", [[2]]).to(arrays="torch" if own else None)),
        lambda t: mts.join([t, t], "samples", add_dimension="w"),
        lambda t: mts.sort(t, descending=True),
        mts.random_uniform_like,
        mts.zeros_like,
        mts.ones_like,
        mts.empty_like,
    ):
        expected = operation(tensor)
        if active:
            with mode:
                result = operation(fake)
        else:
            result = operation(fake)
        zeros = [torch.zeros(leaf.shape, dtype=leaf.dtype) for leaf in result._leaves()]
        assert_same_map(result._with_arrays(zeros), mts.zeros_like(expected))
        assert all(isinstance(leaf, fake_tensor.FakeTensor) for leaf in result._leaves())


def test_new_map_of_fake_tensors():
    with fake_tensor.FakeTensorMode():
        axes = Labels.range("s", 2), [], Labels.range("p", 3)
        tensor = TensorMap(Labels.range("k", 1), [TensorBlock(torch.zeros(2, 3), *axes)])
        assert tuple(tensor.keys_to_samples("k")[0].shape) == (2, 3)
        assert mts.remove_gradients(tensor).to("meta").device.type == "meta"
