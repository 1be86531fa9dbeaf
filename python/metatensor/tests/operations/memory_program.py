"""Memory which one operation needs, in units of its result: run in a process of its own.

``python memory_program.py OPERATION FLAVOUR``, where a flavour is ``numpy``, ``plain`` (arrays of
torch) or ``torch``.
"""

import gc
import importlib
import sys
import warnings

import numpy as np

BLOCKS, ROWS, COLUMNS = 6, 20_000, 64


def main(name: str, flavour: str) -> None:
    mts = importlib.import_module("metatensor" + ".torch" * (flavour == "torch"))
    as_array = np.asarray
    if flavour != "numpy":
        as_array = importlib.import_module("torch").tensor

    def labels(names, *columns):
        values = np.stack(np.broadcast_arrays(*columns), 1).astype(np.int32)
        return mts.Labels(names, as_array(values))

    def make(rows, start=0):
        systems = np.arange(start, start + rows)
        samples = labels(["system", "atom"], systems // 10, systems % 10)
        properties = labels(["p"], np.arange(COLUMNS))
        values = np.random.default_rng(0).random((BLOCKS, rows, COLUMNS))
        blocks = [mts.TensorBlock(as_array(v), samples, [], properties) for v in values]
        keys = labels(["k", "l"], np.arange(BLOCKS) // 2, np.arange(BLOCKS) % 2)
        return mts.TensorMap(keys, blocks)

    systems = np.arange(0, ROWS // 10)
    halves = [labels(["system"], systems[systems % 2 == i]) for i in range(2)]
    columns = labels(["p"], np.arange(0, COLUMNS, 2))

    def run(a, b):
        if name == "join samples":
            return [mts.join([a, b], "samples")]
        if name == "join properties":
            return [mts.join([a, a], "properties", add_dimension="tensor")]
        if name == "slice samples":
            return [mts.slice(a, "samples", halves[0])]
        if name == "slice properties":
            return [mts.slice(a, "properties", columns)]
        if name == "split":
            return mts.split(a, "samples", halves)
        return [getattr(a, name)("l")]

    # import, compile and optimize all that is needed
    for _ in range(4):
        run(make(20), make(20, 20))
    a, b = make(ROWS), make(ROWS, ROWS)
    gc.collect()
    with open("/proc/self/clear_refs", "w") as file:
        # the peak is what is in use now
        file.write("5")
    before = in_use("VmRSS")
    results = run(a, b)
    peak = in_use("VmHWM")
    size = sum(np.prod(block.values.shape) * 8 for tensor in results for block in tensor.blocks())
    print((peak - before) / size)


def in_use(name: str) -> int:
    """Bytes of main memory."""
    with open("/proc/self/status") as file:
        return next(1024 * int(line.split()[1]) for line in file if line.startswith(name))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(*sys.argv[1:])
