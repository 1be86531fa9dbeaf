"""What other processes run: they import this module."""

import multiprocessing
import warnings

from array_makers import NumpyArrays
from builders import small_map
from engine_cases import CASES, check_map, convert
from metatensor._arrays import engine_of

DTYPES = ("float32", "complex128", "int16", "bool")


def maps(case):
    """Maps of this case, with all kinds of labels, and what they must be equal to."""
    for i, dtype in enumerate(DTYPES):
        expected = small_map(NumpyArrays, dtype=dtype)
        expected.set_info("creator", "a test")
        tensor = convert(expected, case, with_own_labels=i % 2 == 0)
        tensor.set_info("creator", "a test")
        yield tensor, expected


def describe(tensor):
    """Everything that must be the same in another process."""
    block = tensor[0]
    return {
        "values": type(block.values).__name__,
        "engine": engine_of(block.values).name,
        "labels": engine_of(block.samples.values).name,
        "dtype": str(block.dtype),
        "device": str(block.device),
        "info": tensor.info(),
        "text": str(tensor),
    }


def find(name):
    """The case with this name, ready to be used."""
    case = next(case for case in CASES if case.name == name)
    case.require()
    return case


def answer(connection):
    """What the other process does: send back what it gets, and what it is."""
    for _ in DTYPES:
        tensor = connection.recv()
        connection.send((describe(tensor), tensor))
    connection.close()


def exchange(name, method):
    """Send maps to another process and back, and check them."""
    case = find(name)
    context = multiprocessing.get_context(method)
    here, there = context.Pipe()
    process = context.Process(target=answer, args=(there,))
    with warnings.catch_warnings():
        # of forks: some libraries have threads
        warnings.simplefilter("ignore")
        process.start()
    there.close()
    try:
        for tensor, expected in maps(case):
            here.send(tensor)
            assert here.poll(120), "no answer from the other process"
            description, back = here.recv()
            assert description == describe(tensor)
            assert describe(back) == describe(tensor)
            check_map(case, back, expected)
    finally:
        here.close()
        process.join(30)
        process.kill()
        process.join()
    assert process.exitcode == 0


def first(batch):
    """The only map of a batch."""
    return batch[0]


def load(method):
    """Get maps from the workers of a ``DataLoader``, and check them."""
    from torch.utils.data import DataLoader

    case = find("torch")
    tensors, expected = zip(*maps(case), strict=True)
    loader = DataLoader(
        list(tensors), num_workers=2, collate_fn=first, multiprocessing_context=method
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = list(loader)
    for result, tensor, one in zip(results, tensors, expected, strict=True):
        assert describe(result) == describe(tensor)
        check_map(case, result, one)
