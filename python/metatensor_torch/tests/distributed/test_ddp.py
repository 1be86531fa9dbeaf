"""Training in several processes gives what training in one process gives."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest
import torch

PROGRAM = Path(__file__).parent / "ddp_training.py"
EXAMPLE = Path(__file__).resolve().parents[4] / "docs" / "examples" / "molecules" / "model.py"
TIMEOUT = 300

pytestmark = [
    pytest.mark.skipif(not EXAMPLE.exists(), reason="not in a checkout of the repository"),
    pytest.mark.skipif(not torch.distributed.is_available(), reason="torch can not do this"),
]

two_gpus = pytest.mark.skipif(
    torch.cuda.device_count() < 2 or not torch.distributed.is_nccl_available(),
    reason="there are no two CUDA devices",
)


def alone(device):
    """Losses and parameters after training in this process."""
    spec = importlib.util.spec_from_file_location("ddp_training", PROGRAM)
    training = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(training)
    with torch.random.fork_rng():
        return training.train_alone(torch.device(device))


def together(backend, folder):
    """Losses and parameters after training in two processes."""
    command = [sys.executable, str(PROGRAM)]
    processes = [
        subprocess.Popen(
            [*command, str(rank), "2", backend, str(folder)],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for rank in range(2)
    ]
    try:
        for process in processes:
            output, _ = process.communicate(timeout=TIMEOUT)
            assert process.returncode == 0, output
    finally:
        for process in processes:
            process.kill()
    return torch.load(folder / "result.pt")


@pytest.mark.parametrize("backend", ["gloo", pytest.param("nccl", marks=two_gpus)])
def test_same_as_one_process(backend, tmp_path):
    losses, parameters = together(backend, tmp_path)
    expected_losses, expected = alone("cuda" if backend == "nccl" else "cpu")

    assert losses[-1] < losses[0]
    torch.testing.assert_close(losses, expected_losses, rtol=1e-10, atol=1e-12)
    assert list(parameters) == list(expected)
    for name, value in parameters.items():
        torch.testing.assert_close(value, expected[name], rtol=1e-8, atol=1e-10)
