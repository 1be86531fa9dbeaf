import copy
import ctypes
import gc
import sys
import weakref

import metatensor
import numpy as np
import pytest
from builders import assert_same_block, assert_same_map, host, labels, small_block, small_map
from metatensor import Labels, LabelsEntry, MetatensorError, TensorBlock, TensorMap
from metatensor._c_api import mts_tensormap_t
from metatensor._c_lib import _get_library


@pytest.fixture
def tensor(engine):
    return small_map(engine)


@pytest.fixture
def no_blocks():
    return TensorMap(Labels.empty(["k", "l"]), [])


def plain(value=0.0, *, samples="s", properties="n", components=(), dtype=np.float64):
    return TensorBlock(
        np.full((1, *[len(c) for c in components], 1), value, dtype=dtype),
        Labels.range(samples, 1),
        list(components),
        Labels.range(properties, 1),
    )


def two_keys():
    return Labels.range("k", 2)


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
        TensorMap(two_keys(), [plain(), "block"])
    with pytest.raises(TypeError, match=r"metatensor\.TensorBlock"):
        TensorMap(Labels.single(), plain())


def test_same_block_twice():
    block = plain()
    with pytest.raises(ValueError, match=r"several times.*copy\(\)"):
        TensorMap(two_keys(), [block, block])
    TensorMap(two_keys(), [block, block.copy()])


def with_gradient(name, *, samples="sample", components=()):
    block = plain(components=components)
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
    new = plain()
    gradient = block.gradient("outer").copy()
    gradient.add_gradient(
        name, TensorBlock(np.zeros((1, 1)), labels("sample", [[0]]), [], gradient.properties)
    )
    new.add_gradient("outer", gradient)
    return new


@pytest.mark.parametrize(
    ("first", "second", "message"),
    [
        (plain(), plain(dtype=np.float32), "block 1.*dtype.*'float64' and 'float32'"),
        (plain(), plain(samples="atom"), r"samples names.*\['s'\].*\['atom'\].*block 1"),
        (plain(), plain(properties="m"), r"properties names.*\['n'\].*\['m'\].*block 1"),
        (
            plain(),
            plain(components=[Labels.range("c", 1)]),
            "number of components, got 0 .* 1 in block 1",
        ),
        (
            plain(components=[Labels.range("c", 1)]),
            plain(components=[Labels.range("d", 1)]),
            r"components names.*\['c'\].*\['d'\]",
        ),
        (plain(), with_gradient("g"), r"gradients, got \[\].*\['g'\] in block 1"),
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
        TensorMap(two_keys(), [plain()])
    with pytest.raises(MetatensorError, match=r"keys \(0\).*got 1"):
        TensorMap(Labels.empty("k"), [plain()])


def test_order_of_gradients_does_not_matter():
    def block(names):
        result = plain()
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
        TensorMap(two_keys(), [plain(), block])
    with pytest.raises(MetatensorError, match="'cpu' and 'meta'"):
        TensorMap(two_keys(), [block, block.to(device="meta")])
    with pytest.raises(MetatensorError, match=r"keys are on device 'cpu'.*device 'meta'"):
        TensorMap(Labels.single(), [block.to(device="meta")])


def test_bytes_order_is_not_a_dtype():
    swapped = np.dtype(np.float64).newbyteorder()
    assert len(TensorMap(two_keys(), [plain(), plain(dtype=swapped)])) == 2


# --------------------------------------------------------------------------- selection
def test_by_position(tensor):
    for selection in (1, np.int64(1), np.uint8(1), True):
        assert tensor.block(selection).values is tensor[1].values
        assert tensor.blocks(selection)[0].values is tensor[1].values
    assert tensor.block_by_id(np.int32(2)).values is tensor[2].values
    assert len(tensor.blocks_by_id([0, 2])) == 2
    assert tensor.block(0) is not tensor.block(0)
    assert tensor.block(0).values is tensor.block(0).values


@pytest.mark.parametrize("index", [3, -1, 2**70])
def test_position_out_of_range(tensor, index):
    for get in (tensor.block, tensor.blocks, tensor.block_by_id, tensor.__getitem__):
        with pytest.raises(IndexError, match=f"3 blocks.* {index}"):
            get(index)
    with pytest.raises(IndexError):
        tensor.blocks_by_id([0, index])
    with pytest.raises(IndexError):
        tensor.blocks([0, index])


SELECTIONS = [
    {"k": 1},
    {"l": 0, "k": 1},
    {"k": np.int64(1), "l": np.array(0)},
    labels("k", [[1]]),
    labels("l k", [[0, 1]]),
    labels("k l", [[1, 0]]),
    labels("k l", [[1, 0]])[0],
    LabelsEntry(["k"], np.array([1], dtype=np.int32)),
    labels("k l", [[1, 0], [7, 7]]),
]


@pytest.mark.parametrize("selection", SELECTIONS)
@pytest.mark.parametrize("from_c", [False, True])
def test_by_keys(tensor, selection, from_c):
    if from_c:
        tensor = TensorMap.unsafe_from_ptr(tensor.release())
    assert tensor.block(selection).values is tensor[1].values
    assert tensor[selection].values is tensor[1].values
    (block,) = tensor.blocks(selection)
    assert block.values is tensor[1].values


def test_by_keywords(tensor):
    assert tensor.block(k=1).values is tensor[1].values
    assert tensor.block(l=1).values is tensor[2].values
    assert [len(b) for b in tensor.blocks(k=0)] == [2, 1]
    assert [len(b) for b in tensor.blocks(l=0)] == [2, 2]
    assert tensor.blocks(k=0, l=7) == []


def test_all_blocks(tensor):
    assert len(tensor.blocks()) == len(tensor.blocks({})) == 3
    assert len(tensor.blocks(Labels([], np.zeros((0, 0), dtype=np.int32)))) == 3
    assert TensorMap(Labels.single(), [plain(3.0)]).block().values[0, 0] == 3
    assert len(tensor.blocks(Labels.empty("k"))) == 0


def test_order_of_blocks(tensor):
    # order of the selection when the names are the same, else of the keys
    found = tensor.blocks(labels("k l", [[0, 1], [9, 9], [0, 0]]))
    assert found[0].values is tensor[2].values
    assert found[1].values is tensor[0].values
    found = tensor.blocks(labels("l k", [[1, 0], [0, 0]]))
    assert found[0].values is tensor[0].values


def test_several_positions(tensor):
    for positions in ([2, 0], range(2, -1, -2), np.array([2, 0])):
        found = tensor.blocks(positions)
        assert found[0].values is tensor[2].values
        assert found[1].values is tensor[0].values
        with pytest.raises(TypeError):
            tensor.block(positions)
    assert tensor.blocks([]) == []
    with pytest.raises(TypeError, match="integers"):
        tensor.blocks([0.5])


def test_torch_keys_and_selections(tensor):
    pytest.importorskip("torch")
    converted = tensor.to(arrays="torch")
    for selection in SELECTIONS:
        assert converted.block(selection).values is converted[1].values
        if isinstance(selection, Labels):
            selection = selection.to(arrays="torch")
            assert converted.block(selection).values is converted[1].values
            assert tensor.block(selection).values is tensor[1].values


def test_selection_with_meta_keys(tensor):
    pytest.importorskip("torch")
    meta = tensor.to(arrays="torch", device="meta")
    assert tuple(meta[1].shape) == (2, 3, 2)
    with pytest.raises(MetatensorError, match="meta"):
        meta.block(k=1)


@pytest.mark.parametrize("selection", ["k", (0, 1), 1.0, b"k", object()])
def test_selection_types(tensor, selection):
    with pytest.raises(TypeError, match=type(selection).__name__):
        tensor.block(selection)
    with pytest.raises(TypeError, match=type(selection).__name__):
        tensor.blocks(selection)


def test_selection_values(tensor):
    for value in (1.0, "1", None, np.array([1.0]), np.array([1, 2])):
        with pytest.raises(TypeError, match="'k'"):
            tensor.block(k=value)
    with pytest.raises(TypeError, match="strings, got int"):
        tensor.block({3: 1})
    for value in (2**31, -(2**31) - 1, 2**80):
        with pytest.raises(OverflowError, match=f"{value} for 'k'"):
            tensor.block(k=value)
    with pytest.raises(TypeError, match="keyword"):
        tensor.block(0, k=1)


def test_selection_errors(tensor, no_blocks):
    for t in (tensor, no_blocks):
        for selection in ({"q": 1}, labels("q", [[1]]), labels("q", [[1], [2]]), labels("q", [])):
            with pytest.raises(MetatensorError, match="'q'"):
                t.block(selection)
            with pytest.raises(MetatensorError, match="'q'"):
                t.blocks(selection)

    with pytest.raises(ValueError, match=r"could not find.*\(k=3\)"):
        tensor.block(k=3)
    with pytest.raises(ValueError, match=r"\(l=4, k=1\)"):
        tensor.block({"l": 4, "k": 1})
    assert tensor.blocks(k=3) == []
    with pytest.raises(ValueError, match=r"2 blocks match.*\(k=0\).*TensorMap.blocks"):
        tensor.block(k=0)
    with pytest.raises(ValueError, match=r"\(k=1\), \(k=0\)"):
        tensor.block(labels("k", [[1], [0]]))
    with pytest.raises(ValueError, match="3 blocks match an empty selection"):
        tensor.block()
    with pytest.raises(ValueError, match="3 blocks"):
        tensor.block(Labels([], np.zeros((0, 0), dtype=np.int32)))

    for selection in (None, {"k": 1}, labels("k", [[1]])):
        with pytest.raises(ValueError, match="no blocks"):
            no_blocks.block(selection)
        assert no_blocks.blocks(selection) == []


def test_iteration(tensor):
    seen = [(entry["k"], entry["l"], block.values) for entry, block in tensor.items()]
    assert [tuple(int(v) for v in key) for *key, _ in seen] == [(0, 0), (1, 0), (0, 1)]
    for (*_, values), block in zip(seen, tensor, strict=True):
        assert block.is_view
        assert block.values is values


# ------------------------------------------------------------------------------- leaves
def test_leaves(engine):
    tensor = small_map(engine, nested=True)
    leaves = tensor._leaves()
    assert len(leaves) == 9
    assert leaves[0] is tensor[0].values
    assert leaves[1] is tensor[0].gradient("positions").values
    assert leaves[2] is tensor[0].gradient("positions").gradient("cell").values
    assert leaves[3] is tensor[1].values
    assert tensor[0]._leaves()[1] is leaves[1]

    tensor.set_info("a", "b")
    new = tensor._with_arrays([leaf + 1 for leaf in leaves])
    assert new.keys is tensor.keys
    assert new.info() == {}
    assert new[2].properties is tensor[2].properties
    np.testing.assert_array_equal(host(new[2].values), host(tensor[2].values) + 1)
    np.testing.assert_array_equal(host(new._leaves()[8]), host(leaves[8]) + 1)
    with pytest.raises(ValueError, match="less"):
        tensor._with_arrays(leaves[:-1])
    with pytest.raises(ValueError, match="more"):
        tensor._with_arrays([*leaves, leaves[0]])
    assert new.block(k=1).values is new[1].values


def test_from_parts(tensor):
    new = TensorMap._from_parts(tensor.keys, tensor.blocks(), {"a": "b"})
    assert new.info() == {"a": "b"}
    assert new[0].values is tensor[0].values
    block = tensor[0]
    gradient = block.gradient("positions")
    again = TensorBlock._from_parts(
        block.values, block.samples, block.components, block.properties, [("p", gradient)]
    )
    assert again.gradient("p").values is gradient.values


# ------------------------------------------------------------------- copies, conversion
def test_copies(tensor):
    tensor.set_info("first", "1")
    for new in (tensor.copy(), copy.deepcopy(tensor)):
        assert_same_map(tensor, new)
        assert new[0].values is not tensor[0].values
        assert new[0].samples.values is tensor[0].samples.values
    for new in (tensor.copy(deep=False), copy.copy(tensor)):
        assert_same_map(tensor, new)
        assert new[0].values is tensor[0].values
        new.set_info("second", "2")
    assert tensor.info() == {"first": "1"}


def test_copies_leave_no_references(tensor):
    count = sys.getrefcount(tensor)
    new = tensor.copy()
    assert sys.getrefcount(tensor) == count
    shallow = tensor.copy(deep=False)
    assert sys.getrefcount(tensor) == count
    assert tensor.block(0).values is not None
    assert len(tensor.keys_to_samples("k")) == 2
    assert sys.getrefcount(tensor) == count
    del new, shallow


def test_to(engine, tensor):
    tensor.set_info("a", "")
    new = tensor.to(engine.dtype("float32"))
    assert new.dtype == engine.dtype("float32")
    assert new.info() == {"a": ""}
    assert new.keys is tensor.keys
    assert new[0].samples is tensor[0].samples
    assert tensor.to("cpu")[0].values is tensor[0].values
    with pytest.raises(TypeError, match=r"TensorMap\.to"):
        tensor.to([3])


def test_to_arrays(tensor):
    torch = pytest.importorskip("torch")
    for arrays, kind in (("torch", torch.Tensor), ("numpy", np.ndarray)):
        new = tensor.to(arrays=arrays)
        assert isinstance(new.keys.values, kind)
        assert isinstance(new[0].values, kind)
        assert isinstance(new[0].samples.values, kind)
        assert new.block(k=1).values is new[1].values
        assert_same_map(new.to(arrays="numpy"), tensor.to(arrays="numpy"))

    meta = tensor.to(arrays="torch", device="meta", non_blocking=True)
    assert meta.device == torch.device("meta")
    assert meta.keys.device == torch.device("meta")
    assert "TensorMap with 3 blocks" in repr(meta)


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
    tensor = TensorMap(Labels.single(), [plain(3.0)])
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


# --------------------------------------------------------------------------- C pointers
def test_pointers(engine):
    tensor = small_map(engine, nested=True)
    tensor.set_info("a", "b")
    expected = tensor.copy()
    values = tensor[1].values
    assert isinstance(tensor.as_mts_tensormap_t(), ctypes.POINTER(mts_tensormap_t))

    pointer = tensor.release()
    assert repr(tensor) == str(tensor) == "TensorMap(<empty>)"
    assert "empty" in tensor._repr_html_()
    for access in (
        lambda: tensor.keys,
        lambda: len(tensor),
        lambda: tensor.block(0),
        lambda: list(tensor),
        lambda: tensor.info(),
        lambda: tensor.get_info("a"),
        lambda: tensor.set_info("a", "b"),
        lambda: tensor.is_view,
        lambda: tensor.dtype,
        lambda: tensor.copy(),
        lambda: tensor.keys_to_samples("k"),
        lambda: tensor.save_buffer(),
        lambda: tensor.as_mts_tensormap_t(),
        lambda: tensor.release(),
    ):
        with pytest.raises(ValueError, match="released"):
            access()

    new = TensorMap.unsafe_from_ptr(pointer)
    assert not new.is_view
    assert new[1].values is values
    assert_same_map(new, expected)
    again = TensorMap._from_ptr(new.release())
    assert again[1].values is values
    assert_same_map(again, expected)


def test_labels_are_shared_inside_of_maps(engine):
    blocks = [small_block(engine) for _ in range(2)]
    properties = blocks[0].properties
    blocks = [
        TensorBlock(block.values, block.samples, block.components, properties) for block in blocks
    ]
    tensor = TensorMap.unsafe_from_ptr(TensorMap(two_keys(), blocks).release())
    assert tensor[0].properties is tensor[1].properties
    assert tensor[0].properties.values is properties.values


def test_views_of_pointers(engine):
    tensor = small_map(engine)
    tensor.set_info("a", "b")
    view = TensorMap.unsafe_view_from_ptr(tensor.as_mts_tensormap_t(), parent=tensor)
    assert view.is_view
    assert_same_map(view, tensor)
    # both show the same info
    view.set_info("a", "c")
    assert tensor.get_info("a") == "c"
    assert view[0].values is tensor[0].values
    assert not view.copy().is_view
    with pytest.raises(RuntimeError, match="view"):
        view.release()
    with pytest.raises(AssertionError):
        TensorMap.unsafe_view_from_ptr(tensor.as_mts_tensormap_t(), parent=None)
    with pytest.raises(AssertionError):
        TensorMap.unsafe_from_ptr(ctypes.POINTER(mts_tensormap_t)())

    reference = weakref.ref(tensor)
    del tensor
    gc.collect()
    assert reference() is not None
    del view
    assert reference() is None


def test_block_views_keep_the_map(engine):
    tensor = small_map(engine)
    reference = weakref.ref(tensor)
    block = tensor.block(0)
    values = block.values
    del tensor
    assert reference() is not None
    gradient = block.gradient("positions")
    del block
    assert reference() is not None
    del gradient
    assert reference() is None, "there is a cycle"
    assert host(values)[0, 0, 0] == 0


def test_views_survive_released_maps(engine, tensor):
    expected = small_map(engine)
    from_c = TensorMap.unsafe_from_ptr(small_map(engine).release())
    for t in (tensor, from_c):
        block, gradient = t.block(1), t.block(2).gradient("positions")
        _get_library().mts_tensormap_free(t.release())
        gc.collect()
        assert_same_block(block, expected[1])
        assert_same_block(gradient, expected[2].gradient("positions"))
        assert len(block.save_buffer()) > 0


def test_cycles(engine):
    gc.collect()
    tensor = small_map(engine)
    tensor.as_mts_tensormap_t()
    values = tensor[0].values
    reference = weakref.ref(values)
    from_c = TensorMap.unsafe_from_ptr(tensor.copy().release())
    from_c_values = weakref.ref(from_c[0].values)
    assert from_c[0].gradient("positions").values is not None
    del values, tensor, from_c
    assert reference() is None
    assert from_c_values() is None
