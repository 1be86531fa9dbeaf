"""Time the Python packages of two environments, in one run and in turn.

    python tools/benchmark_python.py OURS REFERENCE [--only TEXT] [--rounds N]

``OURS`` and ``REFERENCE`` are Python interpreters of environments where metatensor is
installed; with one of them only its times are given. Each case is run in both, one
after the other, and the best time of all rounds counts. The result is a table.
"""

from __future__ import annotations

import argparse
import functools
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any, Callable

#: Makes what is needed, and gives what to time and how often it does its work
Case = Callable[[], "tuple[Callable[[], Any], int]"]

CASES: dict[str, Case] = {}
#: Ratio which a case has to reach
TARGETS: dict[str, float] = {}


def case(name: str, target: float | None = None) -> Callable[[Case], Case]:
    """Register a case."""

    def register(function: Case) -> Case:
        CASES[name] = function
        if target is not None:
            TARGETS[name] = target
        return function

    return register


# ------------------------------------------------------------------------------- data
def make_map(count: int, remaining: int = 1, same_samples: bool = True) -> Any:
    """Map of ``count`` blocks of 10x3x8, with as many different values of `b` as ``remaining``."""
    import numpy as np
    from metatensor import Labels, TensorBlock, TensorMap

    rows = [[i // remaining, i % remaining] for i in range(count)]
    samples = [[i, i % 3] for i in range(10)]
    labels = Labels(["s", "t"], np.array(samples, dtype=np.int32))
    components = [Labels(["c"], np.arange(3, dtype=np.int32).reshape(-1, 1))]
    properties = Labels(["p"], np.arange(8, dtype=np.int32).reshape(-1, 1))
    blocks = []
    for i in range(count):
        if not same_samples:
            shifted = [[s + i, t] for s, t in samples]
            labels = Labels(["s", "t"], np.array(shifted, dtype=np.int32))
        blocks.append(TensorBlock(np.full((10, 3, 8), i + 0.5), labels, components, properties))
    return TensorMap(Labels(["a", "b"], np.array(rows, dtype=np.int32)), blocks)


def repeat(function: Callable[[], Any], count: int) -> tuple[Callable[[], Any], int]:
    """Do something ``count`` times."""

    def run() -> None:
        for _ in range(count):
            function()

    return run, count


# -------------------------------------------------------------------------- attributes
@case("block.values", 50)
def _block_values() -> tuple[Callable[[], Any], int]:
    block = make_map(1).block(0)

    def run() -> None:
        for _ in range(10_000):
            block.values  # noqa: B018

    return run, 10_000


@case("block.samples", 50)
def _block_samples() -> tuple[Callable[[], Any], int]:
    block = make_map(1).block(0)

    def run() -> None:
        for _ in range(10_000):
            block.samples  # noqa: B018

    return run, 10_000


@case("labels.values")
def _labels_values() -> tuple[Callable[[], Any], int]:
    labels = make_map(1).keys

    def run() -> None:
        for _ in range(10_000):
            labels.values  # noqa: B018

    return run, 10_000


@case("tensor.keys", 50)
def _tensor_keys() -> tuple[Callable[[], Any], int]:
    tensor = make_map(1)

    def run() -> None:
        for _ in range(10_000):
            tensor.keys  # noqa: B018

    return run, 10_000


# ---------------------------------------------------------------------------- creation
@case("Labels, 10 entries", 3)
def _labels() -> tuple[Callable[[], Any], int]:
    import numpy as np
    from metatensor import Labels

    values = np.array([[i, i % 3] for i in range(10)], dtype=np.int32)
    return repeat(lambda: Labels(["a", "b"], values), 500)


@case("TensorBlock", 5)
def _block() -> tuple[Callable[[], Any], int]:
    from metatensor import TensorBlock

    block = make_map(1).block(0)
    parts = block.values, block.samples, block.components, block.properties
    return repeat(lambda: TensorBlock(*parts), 500)


@case("TensorMap from 1000 blocks", 10)
def _map() -> tuple[Callable[[], Any], int]:
    from metatensor import TensorMap

    tensor = make_map(1000)
    keys = tensor.keys
    # the reference takes blocks away from whoever made them
    lists = [[block.copy() for block in tensor.blocks()] for _ in range(60)]
    kept = []

    def run() -> None:
        for _ in range(3):
            blocks = lists.pop() if lists else [b.copy() for b in tensor.blocks()]
            kept.append(TensorMap(keys, blocks))

    return run, 3


@case("values of .items(), 1000 blocks", 50)
def _items() -> tuple[Callable[[], Any], int]:
    tensor = make_map(1000)

    def run() -> None:
        for _ in range(10):
            for _, block in tensor.items():  # noqa: PERF102
                block.values  # noqa: B018

    return run, 10


# ------------------------------------------------------------------------- moving keys
def _register_moves() -> None:
    def run_move(name: str, remaining: int, same_samples: bool) -> tuple[Callable[[], Any], int]:
        move = getattr(make_map(300, remaining, same_samples), name)
        return repeat(lambda: move("a"), 10)

    for name in ("keys_to_samples", "keys_to_properties"):
        for remaining in (1, 300):
            for same in (True, False):
                samples = "same" if same else "other"
                title = f"{name}, 300 blocks to {remaining}, {samples} samples"
                run = functools.partial(run_move, name, remaining, same)
                case(title, 10)(run)


_register_moves()


# ------------------------------------------------------------------------------- files
@case("save_buffer, 2000 blocks")
def _save() -> tuple[Callable[[], Any], int]:
    from metatensor.io import save_buffer

    tensor = make_map(2000)
    return (lambda: save_buffer(tensor)), 1


@case("load_buffer and values, 2000 blocks")
def _load() -> tuple[Callable[[], Any], int]:
    from metatensor.io import load_buffer, save_buffer

    buffer = save_buffer(make_map(2000))

    def run() -> None:
        for block in load_buffer(buffer).blocks():
            block.values  # noqa: B018

    return run, 1


# -------------------------------------------------------------------------- measuring
def serve(cases: dict[str, Case]) -> None:
    """Time the cases whose names are read, and write their times in seconds."""
    prepared: dict[str, tuple[Callable[[], Any], int]] = {}
    for line in sys.stdin:
        name = line.rstrip("\n")
        if name not in prepared:
            prepared.clear()
            prepared[name] = cases[name]()
        run, count = prepared[name]
        start = time.perf_counter()
        run()
        print((time.perf_counter() - start) / count, flush=True)


class Server:
    """Another interpreter which times cases."""

    def __init__(self, python: str, script: str) -> None:
        self._process = subprocess.Popen(
            [python, "-W", "ignore", script, "--serve"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def time(self, name: str) -> float:
        """Time in seconds to do the work of a case once."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(name + "\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())


def import_time(python: str, module: str) -> float:
    """Time to import something, without the start of the interpreter."""
    code = f"import time; s = time.perf_counter(); import {module}; print(time.perf_counter() - s)"
    command = [python, "-W", "ignore", "-c", code]
    return float(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def show(seconds: float) -> str:
    """Duration with a suitable unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.3g} ns"


def row(name: str, times: list[float], target: float | None) -> str:
    """Line of the table."""
    cells = [name, *map(show, times)]
    if len(times) == 2:
        ratio = times[1] / times[0]
        missed = target is not None and ratio < target
        goal = "" if target is None else f" (>= {target:g}x{', missed' if missed else ''})"
        cells.append(f"{ratio:.1f}x{goal}")
    return f"| {' | '.join(cells)} |"


def run(
    script: str, cases: dict[str, Case], targets: dict[str, float], modules: Sequence[str]
) -> None:
    """Run benchmarks, as the command line says.

    :param script: path of the file which calls this function
    :param modules: how long it takes to import them
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", nargs="*")
    parser.add_argument("--only", default="")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--serve", action="store_true")
    arguments = parser.parse_args()
    if arguments.serve:
        serve(cases)
        return

    titles = ["ours", "reference", "ratio"][: 1 if len(arguments.python) == 1 else 3]
    print(f"| case | {' | '.join(titles)} |")
    print("|---" * (len(titles) + 1) + "|")
    servers = [Server(python, script) for python in arguments.python]
    for name in cases:
        if arguments.only in name:
            rounds = [[s.time(name) for s in servers] for _ in range(arguments.rounds)]
            best = [min(times) for times in zip(*rounds, strict=True)]
            print(row(name, best, targets.get(name)), flush=True)
    for module in modules:
        if arguments.only in f"import {module}":
            times = [min(import_time(p, module) for _ in range(20)) for p in arguments.python]
            print(row(f"import {module}", times, None))


if __name__ == "__main__":
    run(__file__, CASES, TARGETS, ("numpy", "metatensor"))
