"""Files, pickles, and exchange of labels with other libraries."""

import copy
import io
import pathlib
import pickle
from typing import Any

import pytest
import torch

Labels = torch.classes.metatensor.Labels


@pytest.fixture
def labels() -> Any:
    return Labels(["a", "b"], torch.tensor([[0, 1], [2, 3], [4, 5]]))


def test_files(labels: Any, tmp_path: pathlib.Path) -> None:
    path = str(tmp_path / "labels.mts")
    labels.save(file=path)
    loaded = Labels.load(path)
    assert loaded == labels
    assert loaded.values.dtype == torch.int32

    with open(path, "rb") as fd:
        content = fd.read()
    buffer = labels.save_buffer()
    assert bytes(buffer.tolist()) == content
    assert buffer.dtype == torch.uint8
    assert buffer.dim() == 1
    assert torch.equal(Labels.load_buffer(buffer).save_buffer(), buffer)

    with pytest.raises(RuntimeError, match="not-there"):
        Labels.load(str(tmp_path / "not-there.mts"))


def test_loaded_labels(labels: Any) -> None:
    # their values are in memory of metatensor-core, used by torch without copy
    loaded = Labels.load_buffer(labels.save_buffer())
    values = loaded.values
    assert loaded.values.data_ptr() == values.data_ptr()
    edited = loaded.rename("a", "c").insert(0, "d", torch.tensor([7, 8, 9])).permute([1, 0, 2])
    del loaded
    assert values.tolist() == [[0, 1], [2, 3], [4, 5]]
    assert edited.values.tolist() == [[0, 7, 1], [2, 8, 3], [4, 9, 5]]

    empty = Labels.load_buffer(Labels.empty(["a", "b"]).save_buffer())
    assert empty == Labels.empty(["a", "b"])


@pytest.mark.parametrize(
    ("buffer", "message"),
    [
        (torch.zeros(3), "torch.uint8, not torch.float32"),
        (torch.zeros(3, dtype=torch.int8), "torch.uint8, not torch.int8"),
        (torch.zeros(3, 2, dtype=torch.uint8), "1-dimensional"),
        (torch.zeros(6, dtype=torch.uint8)[::2], "contiguous"),
        (torch.zeros(6, dtype=torch.uint8, device="meta"), "CPU, not on meta"),
    ],
)
def test_invalid_buffers(buffer: torch.Tensor, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Labels.load_buffer(buffer)


def test_corrupted_buffers(labels: Any) -> None:
    buffer = labels.save_buffer()
    for corrupted in [buffer[:10], buffer[:-1], torch.zeros_like(buffer)]:
        with pytest.raises(RuntimeError):
            Labels.load_buffer(corrupted.clone())


def test_pickle(labels: Any) -> None:
    state = labels.__getstate__()[0]
    assert state.dtype == torch.uint8
    assert torch.equal(state, labels.save_buffer())

    assert pickle.loads(pickle.dumps(labels)) == labels
    assert copy.deepcopy(labels) == labels
    assert copy.deepcopy(labels).values.data_ptr() != labels.values.data_ptr()
    assert copy.copy(labels).values.data_ptr() == labels.values.data_ptr()

    file = io.BytesIO()
    torch.save(labels, file)
    file.seek(0)
    assert torch.load(file, weights_only=False) == labels


def test_entries_have_no_state(labels: Any) -> None:
    with pytest.raises(RuntimeError):
        pickle.dumps(labels[0])
    with pytest.raises(RuntimeError):
        copy.deepcopy(labels[0])
    assert copy.copy(labels[0]) == labels[0]


def test_release(labels: Any) -> None:
    values = labels.values
    borrowed = labels.as_mts_labels_t()
    address = labels.release()
    assert address == borrowed

    # what does not need metatensor-core still works
    assert labels.names == ["a", "b"]
    assert labels.values is values
    assert len(labels) == 3

    for function in [
        labels.as_mts_labels_t,
        labels.release,
        labels.save_buffer,
        lambda: labels.position([0, 1]),
        lambda: labels.union(labels),
        lambda: Labels.single().union(labels),
        lambda: labels.select(labels),
        lambda: labels.to("cpu"),
    ]:
        with pytest.raises(RuntimeError, match="released"):
            function()

    adopted = Labels.unsafe_from_ptr(address)
    assert adopted.names == ["a", "b"]
    assert adopted.values.data_ptr() == values.data_ptr()
    assert adopted.position([2, 3]) == 1

    with pytest.raises(ValueError, match="null"):
        Labels.unsafe_from_ptr(0)


def test_release_cycles() -> None:
    labels = Labels.range("a", 10)
    for _ in range(10):
        labels = Labels.unsafe_from_ptr(labels.release())
    assert labels == Labels.range("a", 10)
