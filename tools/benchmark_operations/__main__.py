"""Run both environments, and write the table."""

from __future__ import annotations

import argparse
import math
import subprocess

import tools.benchmark_operations as package

from .cases import CASES, Case
from .data import SETS

#: What is allowed for large blocks, in units of the limit
LARGE = 1.15
#: Microseconds for each block of many, in addition to the limit
PER_BLOCK = 2.0


class Server:
    """Another interpreter which times cases."""

    def __init__(self, python: str, flavour: str) -> None:
        self._process = subprocess.Popen(
            [python, "-W", "ignore", "-m", f"{package.__name__}.serve", flavour],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def time(self, data: str, case: Case, column: str) -> float:
        """Time in seconds to do the work of a case once."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{data}|{CASES.index(case)}|{column}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"the process which times {case.name} ended")
        return float(answer)


def show(seconds: float) -> str:
    """Duration with a suitable unit."""
    if math.isnan(seconds):
        return ""
    for unit, size in (("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def row(case: Case, data: str, ours: float, limit: float, reference: float) -> str:
    """Line of the table."""
    sizes = SETS[data]
    target = LARGE if sizes.blocks < 100 and case.target is not None else case.target
    if sizes.gradients:
        # the loops are those without gradients
        target, limit = None, math.nan
    cells = [f"`{case.name}`", show(ours), show(limit), show(reference)]
    ratio, missed = ours / limit, []
    if target is not None and not math.isnan(ratio):
        cells.append(f"{ratio:.2f}x (<= {target:g}x)")
        if ratio > target:
            missed.append("limit")
        if sizes.blocks > 100 and (ours - limit) / sizes.blocks > PER_BLOCK * 1e-6:
            missed.append("cost per block")
    else:
        cells.append("")
    cells.append("" if math.isnan(reference) else f"{reference / ours:.1f}x")
    if math.isnan(ours):
        missed.append("fails")
    if reference < ours:
        missed.append("reference")
    cells.append(", ".join(missed))
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Run the benchmarks."""
    parser = argparse.ArgumentParser(
        description=package.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("ours")
    parser.add_argument("reference")
    flavours = ["numpy", "torch-plain", "torch", "torch-scripted"]
    parser.add_argument("--flavour", default="numpy", choices=flavours)
    parser.add_argument("--only", default="", help="cases whose name contains this")
    parser.add_argument("--set", default="", help="sets of maps whose name contains this")
    parser.add_argument("--rounds", type=int, default=10)
    arguments = parser.parse_args()

    ours = Server(arguments.ours, arguments.flavour)
    reference = None
    if arguments.reference != "-":
        reference = Server(arguments.reference, arguments.flavour)
    for number, data in enumerate(SETS):
        if arguments.set not in data:
            continue
        print(
            f"\n{data}:\n\n| case | ours | limit | reference | ours / limit | reference / ours "
            "| missed |\n|---|---|---|---|---|---|---|",
            flush=True,
        )
        for case in CASES:
            if arguments.only not in case.name or not (number == 0 or case.main):
                continue
            rounds = [
                [
                    ours.time(data, case, "operation"),
                    ours.time(data, case, "limit"),
                    math.nan if reference is None else reference.time(data, case, "operation"),
                ]
                for _ in range(arguments.rounds)
            ]
            best = [min(times) for times in zip(*rounds, strict=True)]
            print(row(case, data, *best), flush=True)


if __name__ == "__main__":
    main()
