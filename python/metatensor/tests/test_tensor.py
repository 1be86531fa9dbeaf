import sys

import metatensor
import numpy as np
import pytest
from builders import host, labels, plain_block, small_block, small_map, two_keys
from metatensor import Labels, MetatensorError, TensorBlock, TensorMap


@pytest.fixture
def tensor(engine):
    return small_map(engine)


@pytest.fixture
def no_blocks():
    return TensorMap(Labels.empty(["k", "l"]), [])


# ---------------------------------------------------------------------------- creation
def test_attributes(engine, tensor):
    assert len(tensor) == 3
    assert tensor.keys.names == ["k", "l"]
    assert tensor.sample_names == ["s"]
    assert tensor.component_names == ["xyz"]
    assert tensor.property_names == ["n"]
    assert tensor.dtype == engine.dtype("float64")
    assert str(tensor.device) == "cpu"
    assert not tensor.is_view
    assert [len(block) for block in tensor] == [2, 2, 1]


def test_keys_can_not_be_replaced(tensor):
    keys = tensor.keys
    with pytest.raises(AttributeError, match="keys of a tensor map"):
        tensor.keys = keys
    with pytest.raises(AttributeError, match="keys of a tensor map"):
        del tensor.keys
    assert tensor.keys is keys


def test_items_are_the_same_each_time(engine, tensor):
    for _ in range(2):
        items = list(tensor.items())
        assert [entry.values.tolist() for entry, _ in items] == host(tensor.keys.values).tolist()
        for i, (_, block) in enumerate(items):
            assert block.is_view
            assert block.values is tensor.block(i).values
            assert block.samples is tensor.block(i).samples


def test_blocks_are_shared(engine):
    block = small_block(engine)
    keys = Labels.single()
    tensor = TensorMap(keys, [block])
    assert tensor.keys is keys
    assert tensor.block(0).values is block.values
    assert tensor.block(0).samples is block.samples
    assert tensor.block(0).is_view
    assert not block.is_view
    block.values[:] = -1
    assert (host(tensor.block(0).values) == -1).all()

    # blocks of a map can be used in another one
    other = TensorMap(keys, [tensor.block(0)])
    assert other.block(0).values is block.values
    assert TensorMap(keys, iter([block])).block(0).values is block.values


def test_empty_map(no_blocks):
    assert len(no_blocks) == 0
    assert not no_blocks
    assert list(no_blocks) == list(no_blocks.items()) == []
    assert no_blocks.sample_names == []
    assert no_blocks.component_names == []
    assert no_blocks.property_names == []
    assert no_blocks.dtype is None
    assert no_blocks.device == "cpu"
    assert len(no_blocks.copy()) == len(no_blocks.to("cpu")) == 0

    nothing = Labels([], np.zeros((0, 0), dtype=np.int32))
    assert len(TensorMap(nothing, [])) == 0


def test_types_of_arguments(tensor):
    with pytest.raises(TypeError, match="`keys` must be metatensor Labels, got str"):
        TensorMap("keys", [])
    with pytest.raises(TypeError, match="list of TensorBlock, got int"):
        TensorMap(Labels.single(), 3)
    with pytest.raises(TypeError, match="TensorBlock, got str at index 1"):
        TensorMap(two_keys(), [plain_block(), "block"])
    with pytest.raises(TypeError, match=r"metatensor\.TensorBlock"):
        TensorMap(Labels.single(), plain_block())


def test_same_block_twice():
    block = plain_block()
    with pytest.raises(ValueError, match=r"several times.*copy\(\)"):
        TensorMap(two_keys(), [block, block])
    TensorMap(two_keys(), [block, block.copy()])


def with_gradient(name, *, samples="sample", components=()):
    block = plain_block(components=components)
    block.add_gradient(
        name,
        TensorBlock(
            np.zeros((1, *[len(c) for c in components], 1)),
            Labels(samples.split(), np.zeros((1, len(samples.split())), dtype=np.int32)),
            components,
            block.properties,
        ),
    )
    return block


def with_nested_gradient(name):
    block = with_gradient("outer")
    new = plain_block()
    gradient = block.gradient("outer").copy()
    gradient.add_gradient(
        name, TensorBlock(np.zeros((1, 1)), labels("sample", [[0]]), [], gradient.properties)
    )
    new.add_gradient("outer", gradient)
    return new


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (plain_block(), plain_block(dtype=np.float32), "block 1.*dtype.*'float64' and 'float32'"),
        (
            plain_block(),
            plain_block(samples="atom"),
            r"samples names.*\['s'\].*\['atom'\]",
        ),
        (
            plain_block(),
            plain_block(properties="m"),
            r"properties names.*\['n'\].*\['m'\]",
        ),
        (
            plain_block(),
            plain_block(components=[Labels.range("c", 1)]),
            "number of components, got 0 .* 1 in block 1",
        ),
        (
            plain_block(components=[Labels.range("c", 1)]),
            plain_block(components=[Labels.range("d", 1)]),
            r"components names.*\['c'\].*\['d'\]",
        ),
        (plain_block(), with_gradient("g"), r"gradients, got \[\].*\['g'\] in block 1"),
        (with_gradient("h"), with_gradient("g"), r"gradients, got \['h'\].*\['g'\]"),
        (
            with_gradient("g"),
            with_gradient("g", samples="sample atom"),
            r"samples names.*\['sample', 'atom'\].*gradients with respect to 'g'",
        ),
        (
            with_nested_gradient("a"),
            with_nested_gradient("b"),
            r"\['a'\].*\['b'\].*with respect to 'outer'",
        ),
    ],
)
def test_incompatible_blocks(first, second, message):
    first, second = first.copy(), second.copy()
    with pytest.raises(MetatensorError, match=message) as error:
        TensorMap(two_keys(), [first, second])
    assert error.value.status == 1
    # the blocks are still there, and can still change
    assert first.values.shape == first.shape
    gradient = TensorBlock(
        np.zeros((1, *first.shape[1:])),
        labels("sample", [[0]]),
        first.components,
        first.properties,
    )
    first.add_gradient("new", gradient)
    assert "new" in first.gradients_list()


def test_number_of_blocks():
    with pytest.raises(MetatensorError, match=r"keys \(2\).*got 1"):
        TensorMap(two_keys(), [plain_block()])
    with pytest.raises(MetatensorError, match=r"keys \(0\).*got 1"):
        TensorMap(Labels.empty("k"), [plain_block()])


def test_order_of_gradients_does_not_matter():
    def block(names):
        result = plain_block()
        for name in names:
            result.add_gradient(name, with_gradient("g").gradient("g").copy().copy())
        return result

    properties = Labels.range("n", 1)
    assert properties == block("a").properties
    tensor = TensorMap(two_keys(), [block("ab"), block("ba")])
    assert tensor.block(1).gradients_list() == ["b", "a"]
    # also for C
    assert len(tensor.keys_to_samples("k")) == 1


def test_mixed_arrays():
    torch = pytest.importorskip("torch")
    block = TensorBlock(
        torch.zeros((1, 1), dtype=torch.float64), Labels.range("s", 1), [], Labels.range("n", 1)
    )
    with pytest.raises(MetatensorError, match=r"'python.numpy' and 'python.torch'"):
        TensorMap(two_keys(), [plain_block(), block])
    with pytest.raises(MetatensorError, match="'cpu' and 'meta'"):
        TensorMap(two_keys(), [block, block.to(device="meta")])
    with pytest.raises(MetatensorError, match=r"keys are on device 'cpu'.*device 'meta'"):
        TensorMap(Labels.single(), [block.to(device="meta")])


def test_bytes_order_is_not_a_dtype():
    swapped = np.dtype(np.float64).newbyteorder()
    assert len(TensorMap(two_keys(), [plain_block(), plain_block(dtype=swapped)])) == 2


# -------------------------------------------------------------------------------- info
@pytest.mark.parametrize("from_c", [False, True])
def test_info(tensor, from_c):
    if from_c:
        tensor = TensorMap.unsafe_from_ptr(tensor.release())
    assert tensor.info() == {}
    tensor.set_info("z", "last")
    tensor.set_info("a", "première")
    tensor.set_info("", "")
    assert tensor.get_info("z") == "last"
    assert tensor.get_info("") == ""
    assert tensor.get_info("missing") is None
    assert list(tensor.info().items()) == [("z", "last"), ("a", "première"), ("", "")]
    tensor.set_info("z", "new")
    assert list(tensor.info()) == ["z", "a", ""]
    tensor.info()["z"] = "other"
    assert tensor.get_info("z") == "new"

    for other in (
        tensor.copy(),
        tensor.copy(deep=False),
        tensor.to("cpu"),
        tensor.keys_to_samples("k"),
        tensor.keys_to_properties("k"),
        tensor.components_to_properties("xyz"),
        TensorMap.load_buffer(tensor.save_buffer()),
        TensorMap.load_buffer(tensor.save_buffer(use_numpy=True), use_numpy=True),
    ):
        assert other.info() == {"z": "new", "a": "première", "": ""}
    assert (tensor + tensor).info() == {}


def test_info_types(tensor):
    for key, value in ((1, "a"), ("a", 1), (b"a", "a"), ("a", None)):
        with pytest.raises(TypeError, match="must be a string"):
            tensor.set_info(key, value)
    with pytest.raises(TypeError, match="must be a string"):
        tensor.get_info(1)
    for key, value in (("a\0", "a"), ("a", "b\0c")):
        with pytest.raises(ValueError, match="NUL"):
            tensor.set_info(key, value)


# ---------------------------------------------------------------------------- operators
def test_operators(tensor):
    values = host(tensor[0].values).copy()

    def first(result):
        return host(result[0].values)

    np.testing.assert_array_equal(first(tensor + 1), values + 1)
    np.testing.assert_array_equal(first(1 + tensor), values + 1)
    np.testing.assert_array_equal(first(tensor + tensor), 2 * values)
    np.testing.assert_array_equal(first(tensor - 1), values - 1)
    np.testing.assert_array_equal(first(1 - tensor), 1 - values)
    np.testing.assert_array_equal(first(tensor * 2), values * 2)
    np.testing.assert_array_equal(first(2.0 * tensor), values * 2)
    np.testing.assert_array_equal(first(np.float64(2) * tensor), values * 2)
    np.testing.assert_array_equal(first(tensor / 2), values / 2)
    np.testing.assert_array_equal(first(tensor**2), values**2)
    np.testing.assert_array_equal(first(-tensor), -values)
    assert +tensor is tensor
    assert tensor == tensor.copy()
    assert tensor != tensor + 1


def test_dot():
    tensor = TensorMap(Labels.single(), [plain_block(3.0)])
    np.testing.assert_array_equal((tensor @ tensor)[0].values, [[9.0]])


def test_operators_with_other_types(tensor):
    assert (tensor == 3) is False
    assert (tensor != "a") is True
    for operation in (
        lambda: tensor + "a",
        lambda: "a" + tensor,
        lambda: tensor - None,
        lambda: tensor * [1],
        lambda: tensor / object(),
        lambda: tensor**tensor,
        lambda: tensor @ 3,
        lambda: np.ones(3) * tensor,
    ):
        with pytest.raises(TypeError):
            operation()
    with pytest.raises(TypeError, match="unhashable"):
        hash(tensor)


def test_without_operations(tensor, monkeypatch):
    monkeypatch.setitem(sys.modules, "metatensor.operations", None)
    monkeypatch.delattr(metatensor, "operations", raising=False)
    for operation in (
        lambda: tensor + 1,
        lambda: -tensor,
        lambda: tensor == tensor,
        lambda: tensor[0] == tensor[0],
        lambda: tensor[0] != tensor[0],
    ):
        with pytest.raises(ImportError, match="metatensor-operations") as error:
            operation()
        assert isinstance(error.value.__cause__, ImportError)
    assert +tensor is tensor
