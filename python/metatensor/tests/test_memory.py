import gc
import weakref

import numpy as np
import pytest
from metatensor import Labels, LabelsEntry, MetatensorError
from metatensor._data import _array
from metatensor._handle import _Handle

pytestmark = pytest.mark.usefixtures("no_live_arrays")


def test_labels_are_freed(engine):
    labels = Labels(["a", "b"], engine.array([[1, 2], [3, 4]]))
    labels.as_mts_labels_t()
    references = [weakref.ref(labels), weakref.ref(labels._handle), weakref.ref(labels.values)]
    gc.disable()
    try:
        # by reference counts alone: there are no cycles
        del labels
        assert [reference() for reference in references] == [None] * 3
    finally:
        gc.enable()


def test_values_of_the_caller_are_dropped(engine):
    class Array(np.ndarray):
        pass

    values = np.arange(6).reshape(-1, 1)
    values = values.view(Array) if engine.name == "numpy" else engine.array(values.tolist())
    reference = weakref.ref(values)
    labels = Labels(["a"], values)
    del values
    assert reference() is None
    assert len(labels) == 6


def test_released_labels():
    labels = Labels(["a"], np.arange(600).reshape(-1, 1))
    reference = weakref.ref(labels.values)
    pointer = labels.release()
    del labels
    gc.collect()
    assert reference() is not None  # owned by the pointer
    Labels.unsafe_from_ptr(pointer)
    gc.collect()
    assert reference() is None


def test_failures_free_their_arguments():
    values = np.zeros((300, 2), dtype=np.int32)
    with pytest.raises(MetatensorError):
        Labels(["a", "b"], values)
    with pytest.raises(MetatensorError):
        Labels(["a", "b"], _array.create_mts_array(values))
    with pytest.raises(TypeError):
        Labels(["a", "b"], _array.create_mts_array(values.astype(float)))
    with pytest.raises(ValueError, match="column"):
        Labels(["a"], _array.create_mts_array(values))


def test_results_do_not_keep_their_sources(engine):
    first = Labels(["a"], engine.array([[1], [2]]))
    second = Labels(["a"], engine.array([[3], [2]]))
    references = [weakref.ref(first), weakref.ref(second)]
    results = [
        first.union(second),
        first.intersection(second),
        first.difference(second),
        first.append("b", np.array([1, 2])),
        first.permute([0]),
        first.to(arrays="numpy"),
    ]
    if engine.name == "numpy":
        results.pop()  # the very same object
    entry = first[0]
    del first, second
    gc.collect()
    assert [reference() for reference in references] == [None, None]
    assert isinstance(entry, LabelsEntry)


def test_shared_handle():
    labels = Labels(["a"], np.arange(600).reshape(-1, 1))
    handle = weakref.ref(labels._handle)
    assert isinstance(handle(), _Handle)
    import copy

    copied = copy.copy(labels)
    del labels
    assert copied.position([3]) == 3
    assert handle() is not None
    del copied
    assert handle() is None


def resident_memory():
    psutil = pytest.importorskip("psutil")
    return psutil.Process().memory_info().rss


def test_no_leak_in_a_loop(engine):
    values = engine.array(np.arange(60000).reshape(-1, 3).tolist())
    other = engine.array([[1, 1, 1]])

    def use(names):
        labels = Labels(names, values)
        labels.position([0, 1, 2])
        more = labels.union(Labels(names, other))
        more.select(labels)
        Labels.unsafe_from_ptr(labels.release())
        more.append("d", np.arange(len(more))).remove("d")
        with pytest.raises(MetatensorError):
            more.union(Labels.range("a", 3))

    names = ["a", "b", "c"]
    for _ in range(5):
        use(names)
    gc.collect()
    before = resident_memory()
    for _ in range(60):
        use(names)
    gc.collect()
    # one leaked array of values per iteration would be 14 MB
    assert resident_memory() - before < 8e6


def test_no_leak_of_exceptions():
    data = np.zeros(1_000_000)

    def use():
        large = data.copy()  # kept by the frame of the exception
        with pytest.raises(MetatensorError):
            Labels(["a"], np.array([[1], [1]])).append("b", large)

    for _ in range(3):
        use()
    gc.collect()
    before = resident_memory()
    for _ in range(20):
        use()
    gc.collect()
    assert resident_memory() - before < 60e6
