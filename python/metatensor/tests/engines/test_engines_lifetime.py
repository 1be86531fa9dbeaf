"""Arrays of every engine are released as soon as nothing refers to them."""

import gc
import tracemalloc
import weakref

import metatensor as mts
import numpy as np
import pytest
from array_makers import NumpyArrays
from builders import small_map
from engine_cases import convert, every_data_engine, every_engine, needs_own_labels
from metatensor.io import load_buffer

pytestmark = pytest.mark.usefixtures("no_live_arrays")


def make(case):
    return convert(small_map(NumpyArrays), case, needs_own_labels(case))


def references_to(tensor):
    leaves = tensor._leaves()
    try:
        return [weakref.ref(leaf) for leaf in leaves]
    except TypeError:
        pytest.skip("no weak references to these arrays")


def alive(references):
    gc.collect()
    return sum(reference() is not None for reference in references)


@every_engine
def test_blocks(case):
    tensor = make(case)
    references = references_to(tensor)
    copied = tensor[0].copy()
    gradient = tensor[1].gradient("positions")
    tensor.as_mts_tensormap_t()
    del tensor
    gc.collect()
    assert references[3]() is gradient.values
    del gradient
    assert alive(references) == 0
    assert tuple(copied.shape) == (2, 3, 2)


@every_data_engine
def test_results(case):
    """Results do not keep the arrays they were made from."""
    tensor = make(case)
    references = references_to(tensor)
    results = [
        tensor.keys_to_samples("k"),
        tensor.keys_to_properties("k"),
        tensor.components_to_properties("xyz"),
        tensor.copy(),
        mts.multiply(tensor, 2.0),
        mts.sum_over_samples(tensor, "s"),
    ]
    del tensor
    assert alive(references) == 0
    assert len(results) == 6


@every_data_engine
def test_failures(case):
    tensor = make(case)
    references = references_to(tensor)
    for function in (
        lambda t: t.keys_to_samples("not a key"),
        lambda t: t.components_to_properties("nothing"),
        lambda t: mts.join([t, 3], "samples"),
    ):
        with pytest.raises((ValueError, TypeError, mts.MetatensorError)):
            function(tensor)
    del tensor
    assert alive(references) == 0


@every_data_engine
def test_memory_in_a_loop(case):
    """The memory of Python does not grow with the number of operations."""
    tensor = make(case)

    def work():
        moved = tensor.keys_to_samples("k").keys_to_properties("l")
        mts.add(moved, moved).to(dtype=moved.dtype).copy()
        if case.device == "cpu":
            np.asarray(load_buffer(moved.save_buffer())[0].values)

    work()
    growth = []
    tracemalloc.start()
    try:
        # the caches of jax take a while to fill
        while len(growth) < 6 and min(growth, default=10**6) > 10_000:
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(20):
                work()
            gc.collect()
            growth.append(tracemalloc.get_traced_memory()[0] - before)
    finally:
        tracemalloc.stop()
    # less than one object for each of the 20 rounds
    assert min(growth) < 10_000
