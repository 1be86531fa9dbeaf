"""Time of the TorchScript classes on a CUDA device, and what they ask of it.

``python tools/benchmark_device.py OURS REFERENCE [--only TEXT] [--rounds N]``, where both are
folders with installed packages (as made by ``pip install --target``), used in turn with this
interpreter. Copies between host and device, synchronisations and kernels are counted by the
profiler of torch, in a run of their own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import warnings
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from device_counts import count  # type: ignore[import-not-found] # next to this file

BLOCKS = 500
ROWS = 1_000_000

Case = Callable[[], Any]


def make_map(mts: Any, blocks: int, samples: int, device: str, keys: Any = None) -> Any:
    """Map of small blocks, with labels which were made on the host."""
    import torch

    keys = mts.Labels.range("key", blocks) if keys is None else keys
    properties = mts.Labels.range("property", 8)
    component = mts.Labels.range("component", 3)
    made = []
    for i in range(blocks):
        rows = torch.tensor([[i * samples + j, j % 5] for j in range(samples)])
        labels = mts.Labels(["system", "atom"], rows)
        values = torch.randn(samples, 3, 8, dtype=torch.float64)
        made.append(mts.TensorBlock(values, labels, [component], properties))
    return mts.TensorMap(keys, made).to(device)


def device_rows(seed: int) -> Any:
    """Distinct rows of two columns on the device, in random order."""
    import torch

    generator = torch.Generator(device="cuda").manual_seed(seed)
    order = torch.randperm(2 * ROWS, generator=generator, device="cuda")[:ROWS]
    return torch.stack([order // 1000, order % 1000], dim=1).to(torch.int32)


def labels_cases(mts: Any) -> dict[str, Case]:
    """Labels whose values were made on the device."""
    rows, other_rows = device_rows(0), device_rows(1)
    first = mts.Labels(["system", "atom"], rows)
    second = mts.Labels(["system", "atom"], other_rows)
    system = mts.Labels(["system"], rows[:1, :1].clone())
    return {
        "Labels from 1e6 device rows": lambda: mts.Labels(["system", "atom"], rows),
        "union_and_mapping, 1e6 device rows": lambda: first.union_and_mapping(second),
        "intersection_and_mapping, 1e6 device rows": lambda: first.intersection_and_mapping(second),
        "difference_and_mapping, 1e6 device rows": lambda: first.difference_and_mapping(second),
        "select, 1e6 device rows": lambda: first.select(system),
    }


def map_cases(mts: Any) -> dict[str, Case]:
    """Maps with many small blocks."""
    import torch

    on_host = make_map(mts, BLOCKS, 10, "cpu")
    first = on_host.to("cuda")
    second = mts.multiply(first, 2.0)
    parts = [make_map(mts, 20, 10, "cuda") for _ in range(10)]
    selection = mts.Labels(["system"], torch.arange(0, 5000, 2).reshape(-1, 1)).to("cuda")
    return {
        "add two maps, 500 blocks": lambda: mts.add(first, second),
        "multiply by a number, 500 blocks": lambda: mts.multiply(first, 2.0),
        '.to("cuda"), 500 blocks': lambda: on_host.to("cuda"),
        "sum_over_samples, 500 blocks": lambda: mts.sum_over_samples(first, "system"),
        "slice by system, 500 blocks": lambda: mts.slice(first, "samples", selection),
        "join 10 maps of 20 blocks": lambda: mts.join(parts, "samples", add_dimension="map"),
        "equal_metadata, 500 blocks": lambda: mts.equal_metadata(first, second),
        "block({...})": lambda: first.block({"key": 77}),
    }


def scripted_cases(mts: Any) -> dict[str, Case]:
    """What TorchScript does with a map with many small blocks."""
    import torch

    # classes need the packages which are timed
    from scripted_models import FindBlocks, MoveKeys  # type: ignore[import-not-found]

    rows = torch.arange(BLOCKS)
    keys = mts.Labels(["center", "neighbor"], torch.stack([rows // 50, rows % 50], dim=1))
    tensor = make_map(mts, BLOCKS, 10, "cuda", keys)

    move, find = torch.jit.script(MoveKeys()), torch.jit.script(FindBlocks())
    return {
        "scripted keys_to_*, multiply, sum, 500 blocks": lambda: move(tensor),
        "scripted block({...}), 10 times": lambda: find(tensor),
    }


def measure(function: Case, rounds: int) -> dict[str, Any]:
    """Best time of several rounds in seconds, and the counts."""
    import torch

    for _ in range(3):
        function()
    torch.cuda.synchronize()
    best = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        torch.cuda.synchronize()
        best = min(best, time.perf_counter() - start)
    counts = count(function)
    return {"time": best, "copies": counts.copies, **asdict(counts)}


def serve(only: str, rounds: int) -> None:
    """Run all cases in this process, and print the results."""
    warnings.simplefilter("ignore")
    import metatensor.torch as mts

    results = {}
    for cases in (labels_cases, map_cases, scripted_cases):
        for name, function in cases(mts).items():
            if only in name:
                results[name] = measure(function, rounds)
    print(json.dumps(results))


def run(folder: str, arguments: argparse.Namespace) -> dict[str, Any]:
    """Results with the packages of a folder."""
    command = [sys.executable, __file__, "--serve", folder, folder]
    command += ["--only", arguments.only, "--rounds", str(arguments.rounds)]
    environment = {**os.environ, "PYTHONPATH": folder}
    process = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
    results: dict[str, Any] = json.loads(process.stdout.splitlines()[-1])
    return results


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ours")
    parser.add_argument("reference")
    parser.add_argument("--only", default="", help="only run the cases with this in their name")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        serve(arguments.only, arguments.rounds)
        return
    ours, theirs = run(arguments.ours, arguments), run(arguments.reference, arguments)
    print("| case | copies + synchronisations, kernels | reference | time | reference | ratio |")
    print("|---|---|---|---|---|---|")
    for name, one in ours.items():
        other = theirs[name]
        counts = [f"{x['copies']} + {x['synchronisations']}, {x['kernels']}" for x in (one, other)]
        times = [f"{1e3 * x['time']:.3g} ms" for x in (one, other)]
        ratio = f"{other['time'] / one['time']:.1f}x"
        print("|", " | ".join([name, *counts, *times, ratio]), "|")


if __name__ == "__main__":
    main()
