import copy
import ctypes
import pickle
import threading

import numpy as np
import pytest
from metatensor import Labels, MetatensorError
from metatensor._c_api import mts_labels_t


# ---------------------------------------------------------------------------- copies
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(engine, protocol):
    labels = Labels(["a", "b"], engine.array([[1, 2], [3, 4]]))
    loaded = pickle.loads(pickle.dumps(labels, protocol=protocol))
    assert loaded == labels
    assert type(loaded) is Labels
    assert engine.host(loaded.values).tolist() == [[1, 2], [3, 4]]


def test_pickle_content():
    labels = Labels(["a", "b"], np.array([[1, 2], [3, 4]]))
    function, (buffer,) = labels.__reduce_ex__(4)
    assert function == Labels._from_pickle
    assert type(buffer) is bytes
    for data in (buffer, bytearray(buffer), memoryview(buffer)):
        assert Labels._from_pickle(data) == labels

    buffers = []
    data = pickle.dumps(labels, protocol=5, buffer_callback=buffers.append)
    assert len(buffers) == 1
    assert pickle.loads(data, buffers=buffers) == labels


def test_save_load(tmp_path, engine):
    labels = Labels(["a", "b"], engine.array([[1, 2], [3, 4]]))
    labels.save(tmp_path / "labels.mts")
    assert Labels.load(tmp_path / "labels.mts") == labels
    loaded = Labels.load_buffer(labels.save_buffer())
    assert loaded == labels
    assert not loaded.values.flags.writeable


# --------------------------------------------------------------------------- pointers
def test_release(engine):
    labels = Labels(["a", "b"], engine.array([[1, 2], [3, 4]]))
    expected = copy.copy(labels)
    pointer = labels.release()
    for use in (
        labels.as_mts_labels_t,
        labels._as_mts_labels_t,
        labels.release,
        lambda: len(labels),
        lambda: labels[0],
        lambda: labels["a"],
        lambda: labels.position([1, 2]),
        lambda: labels == expected,
        lambda: expected == labels,
        lambda: labels.union(expected),
        lambda: expected.union(labels),
        lambda: labels.select(expected),
        lambda: labels.remove("a"),
        lambda: labels.append("c", np.array([1, 2])),
        lambda: labels.rename("a", "c"),
        lambda: labels.permute([1, 0]),
        lambda: labels.to(arrays="numpy"),
        lambda: iter(labels),
        lambda: copy.copy(labels),
        lambda: labels.save_buffer(),
    ):
        with pytest.raises(RuntimeError, match="released"):
            use()
    assert repr(labels) == str(labels) == "Labels(<empty>)"

    values = labels.values
    recovered = Labels.unsafe_from_ptr(pointer)
    assert recovered == expected
    assert recovered.values is values


def test_pointer_type():
    labels = Labels.range("a", 4)
    assert isinstance(labels.as_mts_labels_t(), ctypes.POINTER(mts_labels_t))
    with pytest.raises(AssertionError):
        Labels.unsafe_from_ptr(ctypes.POINTER(mts_labels_t)())


def test_threads():
    labels = Labels.range("a", 1000)
    start = threading.Barrier(8)
    failures = []

    def work(index):
        start.wait()
        try:
            for i in range(100):
                assert labels.position([i]) == i
                other = Labels(["a"], np.array([[10000 + index], [i]]))
                assert len(labels.union(other)) == 1001
                with pytest.raises(MetatensorError, match=f"{index}"):
                    Labels([f"{index}"], np.array([[0]]))
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
