"""Maps of every engine in other processes and threads."""

import ctypes
import multiprocessing
import os
import sys
import threading

import metatensor as mts
import numpy as np
import process_workers
import pytest
from array_makers import NumpyArrays
from builders import small_map
from engine_cases import CASES, check_block, check_map, convert, every_data_engine, needs_own_labels
from fresh_process import run
from metatensor import Labels
from metatensor.io import load_buffer
from process_workers import find

METHODS = [m for m in ("fork", "spawn") if m in multiprocessing.get_all_start_methods()]
methods = pytest.mark.parametrize("method", METHODS)
NAMES = [case.name for case in CASES if case.device == "cpu" and case.name != "torch-fake"]
HELPERS = os.path.dirname(process_workers.__file__)


def run_worker(call):
    """Call a function of ``process_workers`` in a new process: libraries used by other
    tests have threads, which do not survive a fork."""
    code = f"import sys\nsys.path.insert(0, {HELPERS!r})\nimport process_workers\n"
    guarded = f"if __name__ == '__main__':\n    process_workers.{call}\n"
    result = run(code + guarded)
    assert result.returncode == 0, result.stderr


@methods
@pytest.mark.parametrize("name", NAMES)
def test_processes(name, method):
    find(name)
    if name == "jax" and method == "fork":
        pytest.skip("jax can not be used after a fork: it has threads")
    run_worker(f"exchange({name!r}, {method!r})")


@methods
def test_data_loader(method):
    pytest.importorskip("torch")
    run_worker(f"load({method!r})")


def test_pickles_keep_devices():
    pytest.importorskip("jax")
    code = """
        import pickle
        import jax.numpy as jnp
        import jax
        import numpy as np
        from metatensor import Labels, TensorBlock, TensorMap
        second = jax.devices("cpu")[1]
        samples = Labels("s", jax.device_put(jnp.array([[1], [2]]), second))
        block = TensorBlock(jnp.zeros((2, 3)), samples, [], Labels.range("p", 3)).to(second)
        tensor = TensorMap(Labels.range("k", 1), [block])
        for value in (tensor, block, samples):
            back = pickle.loads(pickle.dumps(value))
            assert back.device == second, back.device
        assert pickle.loads(pickle.dumps(tensor))[0].samples.values.device == second
        assert isinstance(pickle.loads(pickle.dumps(tensor)).keys.values, np.ndarray)
    """
    result = run(code, XLA_FLAGS="--xla_force_host_platform_device_count=2")
    assert result.returncode == 0, result.stderr


def test_devices_which_are_not_there():
    pytest.importorskip("torch")
    block = convert(small_map(NumpyArrays), find("torch"))[0]
    function, (buffer, places) = block.__reduce__()
    assert places == ("torch", "numpy")
    with pytest.warns(UserWarning, match="was on the device 'cuda:99' of torch"):
        back = function(buffer, ("torch@cuda:99", "numpy"))
    check_block(find("torch"), back, small_map(NumpyArrays)[0])
    function, (buffer, place) = block.samples.to(arrays="torch").__reduce_ex__(4)
    assert place == "torch"
    with pytest.warns(UserWarning, match="will stay on the CPU"):
        assert function(buffer, "torch@cuda:99") == block.samples


@every_data_engine
def test_threads(case):
    """Threads share maps, labels and what these remember."""
    shared = convert(small_map(NumpyArrays), case, needs_own_labels(case))
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
                check_map(CASES[0], load_buffer(shared.save_buffer()), expected)
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
