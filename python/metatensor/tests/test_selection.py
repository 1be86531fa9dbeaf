import numpy as np
import pytest
from builders import labels, plain_block, small_map
from metatensor import Labels, LabelsEntry, MetatensorError, TensorMap


@pytest.fixture
def tensor(engine):
    return small_map(engine)


@pytest.fixture
def no_blocks():
    return TensorMap(Labels.empty(["k", "l"]), [])


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


def test_all_blocks(tensor):
    assert len(tensor.blocks()) == len(tensor.blocks({})) == 3
    assert len(tensor.blocks(Labels([], np.zeros((0, 0), dtype=np.int32)))) == 3
    assert TensorMap(Labels.single(), [plain_block(3.0)]).block().values[0, 0] == 3


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

    for select in (tensor.block, tensor.blocks):
        with pytest.raises(ValueError, match=r"could not find.*\(k=3\)"):
            select(k=3)
        with pytest.raises(ValueError, match=r"\(l=4, k=1\)"):
            select({"l": 4, "k": 1})
        with pytest.raises(ValueError, match=r"\(k=3\), \(k=4\)"):
            select(labels("k", [[3], [4]]))
        with pytest.raises(ValueError, match="could not find any block matching an empty"):
            select(Labels.empty("k"))
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
