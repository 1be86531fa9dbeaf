"""Operations which make new arrays need little more memory than these."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import metatensor as mts
import numpy as np
import pytest
from metatensor import Labels, TensorBlock, TensorMap

PROGRAM = Path(__file__).parent / "memory_program.py"
OPERATIONS = ["join samples", "join properties", "slice samples", "slice properties", "split"]
OPERATIONS += ["keys_to_samples", "keys_to_properties"]


@pytest.mark.skipif(sys.platform != "linux", reason="needs the peak of the memory in use")
@pytest.mark.parametrize("flavour", ["numpy", "plain", "torch"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_peak(name: str, flavour: str) -> None:
    if flavour != "numpy":
        pytest.importorskip("torch")
    if flavour == "torch":
        pytest.importorskip("metatensor_torch")
    # all large arrays are given back to the system when they are freed
    variables = {"MALLOC_MMAP_THRESHOLD_": "65536", "OMP_NUM_THREADS": "1"}
    result = subprocess.run(
        [sys.executable, str(PROGRAM), name, flavour],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    assert 0.9 < float(result.stdout) < 1.1


def test_split_is_linear() -> None:
    """Ten times more samples and systems do not take hundred times longer."""
    times = []
    for n_systems in (1_000, 10_000):
        systems = np.repeat(np.arange(n_systems), 100)
        samples = Labels(["system", "atom"], np.stack([systems, np.arange(len(systems))], 1))
        block = TensorBlock(np.ones((len(systems), 1)), samples, [], Labels.range("p", 1))
        tensor = TensorMap(Labels.single(), [block])
        selections = [Labels(["system"], np.array([[i]])) for i in range(n_systems)]
        start = time.process_time()
        parts = mts.split(tensor, "samples", selections)
        times.append(time.process_time() - start)
        assert [len(part.block().samples) for part in parts] == [100] * n_systems
    assert times[1] < 40 * times[0]
