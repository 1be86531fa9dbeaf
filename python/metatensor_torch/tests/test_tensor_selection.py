"""Getting blocks out of a TensorMap."""

import pytest
import torch
from torch_builders import Labels, TensorMap, labels, simple_block, simple_map


def test_block_by_id() -> None:
    tensor = simple_map()
    block = tensor.block_by_id(1)
    assert block.is_view
    assert block.shape == [3, 2, 3]
    for bad in [4, 100, -1, -4]:
        with pytest.raises(IndexError, match=f"(?s)4.*{bad}"):
            tensor.block_by_id(bad)
        with pytest.raises(IndexError):
            tensor.block(bad)
        with pytest.raises(IndexError):
            tensor[bad]
        with pytest.raises(IndexError):
            tensor.blocks_by_id([0, bad])
        with pytest.raises(IndexError):
            tensor.blocks(bad)
        with pytest.raises(IndexError):
            tensor.blocks([bad])
    assert [b.shape[0] for b in tensor.blocks_by_id([0, 2, 0])] == [3, 4, 3]
    assert tensor.blocks_by_id([]) == []


def test_iteration() -> None:
    tensor = simple_map()
    assert [b.shape for b in tensor] == [b.shape for b in tensor.blocks()]
    for i, (key, block) in enumerate(tensor.items()):
        assert key == tensor.keys[i]
        assert block.values is tensor.block_by_id(i).values


@pytest.mark.parametrize(
    "selection",
    [
        1,
        {"key_1": 1, "key_2": 0},
        {"key_2": 0, "key_1": 1},
        {"key_1": 1},
        labels(["key_1", "key_2"], [[1, 0]]),
        labels(["key_2", "key_1"], [[0, 1]]),
        labels(["key_1"], [[1]]),
        labels(["key_1", "key_2"], [[4, 4], [1, 0]])[1],
        labels(["key_1"], [[1]])[0],
    ],
    ids=str,
)
def test_block(selection) -> None:
    tensor = simple_map()
    for block in [
        tensor.block(selection),
        tensor.block(selection=selection),
        tensor[selection],
        tensor.blocks(selection)[0],
    ]:
        assert block.values is tensor.block_by_id(1).values
    assert len(tensor.blocks(selection)) == 1


def test_several_blocks() -> None:
    tensor = simple_map()
    for selection in [{"key_1": 2}, labels(["key_1"], [[2]]), labels(["key_1"], [[2]])[0]]:
        assert [b.shape for b in tensor.blocks(selection)] == [[4, 2, 1], [4, 2, 1]]
        with pytest.raises(ValueError, match=r"(?s)\(key_1=2\).*blocks"):
            tensor.block(selection)
    with pytest.raises(ValueError, match=r"selection"):
        tensor.block()
    with pytest.raises(ValueError, match=r"selection"):
        tensor.block(None)
    assert len(tensor.blocks()) == 4
    assert len(tensor.blocks(None)) == 4
    assert [b.shape[2] for b in tensor.blocks([1, 0, 1])] == [3, 1, 3]
    single = TensorMap(Labels.single(), [simple_block()])
    assert single.block().shape == [3, 2, 2]


def test_no_matching_block() -> None:
    tensor = simple_map()
    selection = {"key_2": 3, "key_1": 4}
    with pytest.raises(ValueError, match=r"\(key_1=4, key_2=3\)"):
        tensor.block(selection)
    with pytest.raises(ValueError, match=r"\(key_1=4, key_2=3\)"):
        tensor[selection]
    assert tensor.blocks(selection) == []
    with pytest.raises(ValueError, match=r"\(key_2=3, key_1=4\)"):
        tensor.block(labels(["key_2", "key_1"], [[3, 4]]))


def test_selection_errors() -> None:
    tensor = simple_map()
    # unknown dimension
    for selection in [{"nope": 3}, labels(["nope"], [[0]]), labels(["nope"], [[0]])[0]]:
        with pytest.raises(RuntimeError, match=r"'?nope'?"):
            tensor.block(selection)
        with pytest.raises(RuntimeError, match=r"'?nope'?"):
            tensor.blocks(selection)

    # wrong number of entries
    for selection, count in [(Labels.range("key_1", 2), 2), (Labels.empty(["key_1"]), 0)]:
        with pytest.raises(ValueError, match=str(count)):
            tensor.block(selection)
        with pytest.raises(ValueError, match=str(count)):
            tensor.blocks(selection)

    # integers that can not be in the keys
    with pytest.raises(ValueError, match=r"1099511627776"):
        tensor.block({"key_1": 2**40})

    # dict with something else than integers
    with pytest.raises(TypeError, match=r"(?s)str, int.*str, float"):
        tensor.block({"key_1": 1.0})
    with pytest.raises(TypeError, match=r"(?s)str, int.*int, int"):
        tensor[{1: 1}]
    with pytest.raises(ValueError, match=r"(?s)str, int.*str, str"):
        tensor.blocks({"key_1": "1"})

    # types that can not be used, with a different error for `blocks`
    for selection, name in [
        (1.0, "float"),
        ("a", "str"),
        (True, "bool"),
        ((1, 2), "int"),
        (["a"], "str"),
        (torch.tensor(1), "Tensor"),
    ]:
        with pytest.raises(TypeError, match=f"(?s)int.*LabelsEntry.*{name}"):
            tensor.block(selection)
        with pytest.raises(TypeError, match=f"(?s)int.*LabelsEntry.*{name}"):
            tensor[selection]
        with pytest.raises(ValueError, match=f"(?s)int.*LabelsEntry.*{name}"):
            tensor.blocks(selection)
    with pytest.raises(TypeError, match=r"List|int"):
        tensor.block([0, 1])

    # unsupported custom class
    for function in [tensor.block, tensor.blocks, tensor.__getitem__]:
        with pytest.raises(TypeError, match=r"Labels or LabelsEntry.*TensorBlock"):
            function(simple_block())

    with pytest.raises(RuntimeError):
        tensor.block(key_1=3)
    with pytest.raises(RuntimeError):
        tensor.blocks([])
