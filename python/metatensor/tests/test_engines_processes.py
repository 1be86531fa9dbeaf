"""Maps of every engine in other processes and threads."""

import ctypes
import multiprocessing
import sys
import threading

import metatensor as mts
import numpy as np
import pytest
from array_makers import NumpyArrays
from builders import small_map
from engine_cases import CASES, check_map, convert, every_data_engine, needs_own_labels
from metatensor import Labels
from process_workers import answer, describe, first

METHODS = [m for m in ("fork", "spawn") if m in multiprocessing.get_all_start_methods()]
on_cpu = pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.device == "cpu" and case.name != "torch-fake"],
    ids=repr,
    indirect=True,
)


def make(case, own=False, dtype="float64"):
    return convert(small_map(NumpyArrays, dtype=dtype), case, own)


@on_cpu
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dtype", ["float32", "complex128"])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning", "ignore:.*fork:RuntimeWarning")
def test_processes(case, method, dtype):
    if case.library == "jax" and method == "fork":
        pytest.skip("jax can not be used after a fork, it has threads")
    context = multiprocessing.get_context(method)
    tensor = make(case, own=dtype == "float32", dtype=dtype)
    tensor.set_info("creator", "a test")
    here, there = context.Pipe()
    process = context.Process(target=answer, args=(there,))
    process.start()
    there.close()
    try:
        here.send(tensor)
        assert here.poll(120), "no answer from the other process"
        description, back = here.recv()
    finally:
        process.join(60)
    assert process.exitcode == 0
    assert description == describe(tensor)
    assert describe(back) == describe(tensor)
    expected = small_map(NumpyArrays, dtype=dtype)
    expected.set_info("creator", "a test")
    check_map(case, back, expected)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_data_loader(method):
    data = pytest.importorskip("torch.utils.data")
    case = next(case for case in CASES if case.name == "torch")
    case.require()
    tensors = [mts.multiply(make(case, own=i % 2 == 1), float(i)) for i in range(4)]
    loader = data.DataLoader(
        tensors, num_workers=2, collate_fn=first, multiprocessing_context=method
    )
    for tensor, expected in zip(loader, tensors, strict=True):
        assert describe(tensor) == describe(expected)
        assert mts.equal(tensor, expected)


@every_data_engine
def test_threads(case):
    """Threads share maps, labels and what these remember."""
    shared = make(case, needs_own_labels(case))
    expected = small_map(NumpyArrays)
    moved = expected.keys_to_samples("k")
    summed = mts.sum_over_samples(mts.multiply(expected, 2.0), "s")
    start, problems = threading.Barrier(8), []

    def work(seed):
        start.wait()
        for i in range(4):
            if case.host_labels or case.device == "cpu":
                entry = Labels(["k", "l"], np.array([[1, 0]]))
                assert shared.keys.position(entry[0]) == 1
            kind = (seed + i) % 4
            if kind == 0:
                check_map(case, shared.keys_to_samples("k"), moved)
            elif kind == 1:
                result = mts.sum_over_samples(mts.multiply(shared, 2.0), "s")
                check_map(case, result, summed, rtol=1e-12)
            elif kind == 2 and case.device == "cpu":
                check_map(CASES[0], mts.load_buffer(shared.save_buffer()), expected)
            else:
                assert str(shared) == str(expected)
                check_map(case, shared.copy(), expected)

    def caught(seed):
        try:
            work(seed)
        except BaseException as error:
            problems.append(error)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        threads = [threading.Thread(target=caught, args=(i,)) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(interval)
    if problems:
        raise problems[0]


def test_threads_make_handles_once():
    """Many threads ask for the same lazy pointers at the same time."""
    for _ in range(20):
        labels = Labels.range("a", 50)
        tensor = small_map(NumpyArrays)
        pointers, start = [], threading.Barrier(8)

        def work(labels=labels, tensor=tensor, start=start, pointers=pointers):
            start.wait()
            found = labels.as_mts_labels_t(), tensor.as_mts_tensormap_t()
            assert labels.position([49]) == 49
            pointers.append([id_of(pointer) for pointer in found])

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(pointers) == 8
        assert pointers[0] == [id_of(labels.as_mts_labels_t()), id_of(tensor.as_mts_tensormap_t())]
        assert all(found == pointers[0] for found in pointers)


def id_of(pointer):
    return ctypes.cast(pointer, ctypes.c_void_p).value
