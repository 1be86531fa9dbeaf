"""Labels on other devices, and labels without data."""

from typing import Any, List

import pytest
import torch

Labels = torch.classes.metatensor.Labels

DEVICES: List[str] = []
if torch.cuda.is_available():
    DEVICES.append("cuda")
if torch.backends.mps.is_available():
    DEVICES.append("mps")


@pytest.fixture
def labels() -> Any:
    return Labels(["a", "b"], torch.tensor([[0, 1], [2, 3], [4, 5]]))


@pytest.mark.parametrize("device", ["meta", *DEVICES])
def test_to(labels: Any, device: str) -> None:
    for argument in [device, torch.device(device)]:
        moved = labels.to(argument)
        assert moved.device.type == device
        assert moved.values.dtype == torch.int32
        assert moved.names == labels.names
        assert len(moved) == 3
    assert labels.to(device=device, non_blocking=True).device.type == device


def test_same_device(labels: Any) -> None:
    for device in ["cpu", torch.device("cpu"), None]:
        moved = labels.to(device)
        assert moved.values.data_ptr() == labels.values.data_ptr()
        assert moved == labels
        assert moved.as_mts_labels_t() == labels.as_mts_labels_t()


def test_invalid_to(labels: Any) -> None:
    for invalid, name in [(3, "int"), (torch.float32, "int"), (2.0, "float")]:
        with pytest.raises(TypeError, match=f"string or a torch.device, got '{name}'"):
            labels.to(invalid)
    with pytest.raises(RuntimeError):
        labels.to()
    with pytest.raises(RuntimeError):
        labels.to("not-a-device")


def test_meta(labels: Any) -> None:
    meta = labels.to("meta")
    other = Labels(["a", "b"], torch.zeros(3, 2, dtype=torch.int32, device="meta"))
    assert meta == other
    assert meta != other.rename("a", "c")
    assert meta != Labels(["a", "b"], torch.zeros(2, 2, dtype=torch.int32, device="meta"))
    assert meta != labels

    column = torch.zeros(3, dtype=torch.int32, device="meta")
    for result in [
        meta.append("c", column),
        meta.insert(0, "c", column),
        meta.permute([1, 0]),
        meta.remove("a"),
        meta.rename("a", "c"),
        meta.to("meta"),
    ]:
        assert result.device.type == "meta"
        assert len(result) == 3
    assert meta.column("a").shape == (3,)
    assert meta[0].values.shape == (2,)

    for function in [
        lambda: meta.position([0, 1]),
        lambda: meta.union(meta),
        lambda: meta.select(meta),
        lambda: meta.print(-1),
        lambda: str(meta),
        lambda: meta[0][0],
        lambda: meta.save_buffer(),
    ]:
        with pytest.raises(RuntimeError, match="no data"):
            function()
    with pytest.raises(NotImplementedError):
        meta.to("cpu")


@pytest.mark.parametrize("device", DEVICES)
def test_device_results(labels: Any, device: str) -> None:
    moved = labels.to(device)
    other = Labels(["a", "b"], torch.tensor([[2, 3], [9, 9]])).to(device)
    assert moved == labels
    assert moved.union(other).device.type == device
    for method in ["union", "intersection", "difference"]:
        result = getattr(moved, method)(other)
        assert result.device.type == device
        assert result == getattr(labels, method)(other.to("cpu"))
        for mapping in getattr(moved, method + "_and_mapping")(other)[1:]:
            assert mapping.device.type == device
    assert moved.select(other).device.type == device
    assert moved.select(other).tolist() == [1]
    assert moved.position([2, 3]) == 1
    assert str(moved) == str(labels)
    assert moved[1]["a"] == 2

    edited = moved.append("c", torch.arange(3, device=device)).permute([2, 0, 1])
    assert edited.device.type == device
    assert edited.remove("c") == labels
    with pytest.raises(RuntimeError, match="CPU:0"):
        moved.union(labels)


@pytest.mark.parametrize("device", DEVICES)
def test_nothing_is_transferred_twice(labels: Any, device: str) -> None:
    moved = labels.to(device)
    # the values on both devices are known by both labels
    assert moved.to("cpu").values.data_ptr() == labels.values.data_ptr()
    assert labels.to(device).values.data_ptr() == moved.values.data_ptr()
    assert moved.to("cpu").to(device).values.data_ptr() == moved.values.data_ptr()

    # until somebody writes in there
    moved.values[0, 0] = 12
    assert moved.to("cpu").values.tolist() == [[12, 1], [2, 3], [4, 5]]
    assert moved != labels


@pytest.mark.parametrize("device", DEVICES)
def test_uniqueness_on_device(device: str) -> None:
    values = torch.tensor([[0, 1], [2, 3], [0, 1]], device=device)
    with pytest.raises(RuntimeError, match="a=0, b=1"):
        Labels(["a", "b"], values)
    assert len(Labels(["a", "b"], values[:2])) == 2
    assert len(Labels(["a", "b"], values, assume_unique=True)) == 3
