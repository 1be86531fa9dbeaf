"""Labels and arrays on a CUDA device."""

import pickle

import numpy as np
import pytest
from ctypes_dlpack import DLDevice, DLPackArray, array_as_dlpack
from metatensor import ExternalCudaArray, Labels, MetatensorError
from metatensor._data import create_mts_array
from raw_array import Raw

torch = pytest.importorskip("torch")

if not torch.cuda.is_available():
    pytest.skip("needs a CUDA device", allow_module_level=True)

CPU = DLDevice(1, 0)
CUDA = DLDevice(2 if torch.version.hip is None else 10, 0)
NAMES = ["a", "b"]
VALUES = [[7, 1], [2, 2], [7, -3]]


@pytest.fixture
def labels():
    return Labels(NAMES, torch.tensor(VALUES, device="cuda"))


# ----------------------------------------------------------------------------- labels
def test_labels(labels):
    assert labels.device == torch.device("cuda", 0)
    assert labels.values.dtype == torch.int32
    assert labels.position([2, 2]) == 1
    assert labels.position(labels[2]) == 2
    assert labels == Labels(NAMES, np.array(VALUES))
    assert repr(labels) == repr(Labels(NAMES, np.array(VALUES)))
    assert str(labels[0]) == "LabelsEntry(a=7, b=1)"
    assert np.asarray(labels).tolist() == VALUES


def test_duplicates():
    with pytest.raises(MetatensorError, match="7"):
        Labels(NAMES, torch.tensor([[7, 1], [7, 1]], device="cuda"))
    with pytest.raises(ValueError, match="32-bit"):
        Labels(["a"], torch.tensor([[2**40]], device="cuda"))


def test_moving(labels):
    cpu = labels.to("cpu")
    assert cpu.device.type == "cpu"
    assert cpu == labels
    assert cpu.to("cuda") == labels
    assert labels.to("cuda") is labels
    host = labels.to(arrays="numpy", device="cpu")
    assert host.device == "cpu"
    assert host == labels
    assert host.to("cuda", arrays="torch").device.type == "cuda"


def test_set_operations(labels):
    other = Labels(NAMES, torch.tensor([[5, 5], [2, 2], [7, 1]], device="cuda"))
    union, first, second = labels.union_and_mapping(other)
    assert union.device == labels.device
    assert union.values.tolist() == [*VALUES, [5, 5]]
    assert first.tolist() == [0, 1, 2]
    assert second.tolist() == [3, 1, 0]
    assert labels.intersection(other).device == labels.device
    assert labels.difference(other).values.tolist() == [[7, -3]]
    assert labels.difference(other).device == labels.device
    selection = Labels("a", torch.tensor([[7]], device="cuda"))
    assert labels.select(selection).tolist() == [0, 2]
    with pytest.raises(MetatensorError, match="device"):
        labels.union(other.to("cpu"))


def test_edits(labels):
    for values in (np.array([1, 2, 3]), torch.tensor([1, 2, 3], device="cuda")):
        more = labels.append("c", values)
        assert more.device == labels.device
        assert more.values.tolist() == [[7, 1, 1], [2, 2, 2], [7, -3, 3]]
    assert labels.permute([1, 0]).device == labels.device
    assert labels.remove("a").device == labels.device
    with pytest.raises(MetatensorError, match="7"):
        labels.remove("b")


def test_pickle(labels):
    loaded = pickle.loads(pickle.dumps(labels))
    assert loaded == labels
    assert loaded.device == labels.device


# ----------------------------------------------------------------------------- arrays
def test_device():
    with Raw(torch.zeros(3, device="cuda")) as raw:
        assert raw.device() == (CUDA.device_type.value, 0)


def test_pinned_memory():
    with Raw(torch.arange(3.0).pin_memory()) as raw:
        assert raw.device() == (1, 0)
        tensor = raw.as_dlpack()
        assert tensor.contents.dl_tensor.device.device_type == 1
        assert np.from_dlpack(DLPackArray(tensor)).tolist() == [0.0, 1.0, 2.0]


def test_as_dlpack():
    array = torch.arange(3.0, device="cuda")
    with Raw(array) as raw:
        on_host = raw.as_dlpack(CPU)
        assert on_host.contents.dl_tensor.device.device_type == 1
        assert np.from_dlpack(DLPackArray(on_host)).tolist() == [0.0, 1.0, 2.0]

        on_device = raw.as_dlpack(CUDA)
        assert on_device.contents.dl_tensor.data == array.data_ptr()
        with raw.new("from_dlpack", on_device) as new:
            assert new.array.data_ptr() == array.data_ptr()
            assert new.array.tolist() == [0.0, 1.0, 2.0]


def test_streams():
    # data made on a stream is used on another one
    with torch.cuda.stream(torch.cuda.Stream()):
        array = torch.zeros(10_000_000, device="cuda")
        for _ in range(50):
            array += 1
        with Raw(array) as raw:
            tensor = raw.as_dlpack(CUDA)
    with (
        torch.cuda.stream(torch.cuda.Stream()),
        Raw(torch.zeros(1)) as raw,
        raw.new("from_dlpack", tensor) as new,
    ):
        assert new.array.min().item() == 50.0


def test_from_dlpack():
    tensor = array_as_dlpack(torch.arange(3, device="cuda"), max_version=(1, 3))
    with Raw(torch.zeros(1)) as raw, raw.new("from_dlpack", tensor) as new:
        assert new.array.device.type == "cuda"
        assert new.array.tolist() == [0, 1, 2]


def test_copy_and_create():
    array = torch.arange(3.0, device="cuda", requires_grad=True)
    with Raw(array) as raw:
        for device, name in ((CPU, "cpu"), (CUDA, "cuda")):
            with raw.new("copy", device) as copied:
                assert copied.array.device.type == name
                assert copied.array.tolist() == [0.0, 1.0, 2.0]
                copied.array.sum().backward()
        assert array.grad.tolist() == [2.0, 2.0, 2.0]

        with raw.create((2, 2), create_mts_array(torch.tensor(3.0))) as created:
            assert created.array.device.type == "cuda"
            assert created.array.tolist() == [[3.0, 3.0], [3.0, 3.0]]


@pytest.mark.parametrize("samples", [[(0, 1), (1, 2)], [(2, 0), (0, 1)]])
def test_move_data(samples):
    source = torch.rand((3, 4, 2), device="cuda")
    output = torch.zeros((3, 4, 5), device="cuda")
    with Raw(output) as out, Raw(source) as inp:
        out.move_data(inp, [(i, o, 0, 3, 2) for i, o in samples])
    for i, o in samples:
        assert torch.equal(output[o, :, 3:5], source[i])
    assert torch.count_nonzero(output) == torch.count_nonzero(output[:, :, 3:])


def test_external_array():
    array = torch.arange(3.0, device="cuda")
    with Raw(array) as raw:
        parent = object()
        device_type, device_id = raw.device()
        tensor = ExternalCudaArray(raw.raw, parent, device_type=device_type, device_id=device_id)
        assert tensor.device == array.device
        assert tensor.data_ptr() == array.data_ptr()
        assert tensor._parent is parent
