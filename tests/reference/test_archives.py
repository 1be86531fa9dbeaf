"""TorchScript archives saved by the reference load and run on this library."""

from __future__ import annotations

from pathlib import Path

import pytest
from harness import run_program

torch = pytest.importorskip("torch")
mts = pytest.importorskip("metatensor.torch")


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory, reference_python: Path) -> Path:
    folder = tmp_path_factory.mktemp("archives")
    run_program(reference_python, "archive.py", folder)
    run_program(reference_python, "learn.py", folder)
    return folder


def check_same(result: torch.ScriptObject, expected: Path) -> None:
    """Exactly the same map, down to the bytes of its file."""
    saved = mts.save_buffer(result)
    assert bytes(saved.numpy()) == expected.read_bytes()


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
@pytest.mark.parametrize("kind", ["plain", "gradients"])
@pytest.mark.parametrize("name", ["moves", "selection", "operations"])
def test_module(archives: Path, name: str, kind: str) -> None:
    module = torch.jit.load(archives / f"{name}.pt")
    result = module(mts.load(archives / f"{kind}.mts"))
    check_same(result, archives / f"{name}-{kind}.mts")


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_function(archives: Path) -> None:
    add = torch.jit.load(archives / "add.pt")
    tensor = mts.load(archives / "gradients.mts")
    check_same(add(tensor, tensor), archives / "add-gradients.mts")


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_network(archives: Path) -> None:
    network = torch.jit.load(archives / "network.pt")
    result = network(mts.load(archives / "input.mts"))
    mts.allclose_raise(result, mts.load(archives / "output.mts"), rtol=0.0, atol=1e-14)


@pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::DeprecationWarning")
def test_saved_again(archives: Path, tmp_path: Path) -> None:
    """What was loaded can be saved by us, loaded again, and moved."""
    module = torch.jit.load(archives / "selection.pt")
    module.save(str(tmp_path / "again.pt"))
    again = torch.jit.load(tmp_path / "again.pt").to(torch.float64)
    tensor = mts.load(archives / "plain.mts")
    check_same(again(tensor), archives / "selection-plain.mts")
