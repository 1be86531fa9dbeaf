"""Train on real molecules in Python, predict in pure C++, and compare.

Run it with ``tox -e demo``. Results go to ``build/demo``: the model, the inputs and
outputs of the C++ program, and a parity plot.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import warnings
from pathlib import Path

import metatensor
import metatensor.torch as mts
import torch
from dataset import Molecule, elements, load_molecules, split
from descriptor import RadialDescriptor
from metatensor.torch import TensorMap
from model import EnergyModel
from report import mean_absolute_error, parity_plot, print_table
from training import check_forces, join_batch, make_dataset, start_from_composition, train

HERE = Path(__file__).resolve().parent
TOLERANCE = 1e-10


def main() -> None:
    """The main job, from molecules to a C++ prediction."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--output", type=Path, default=Path("build/demo"))
    parser.add_argument("--python-only", action="store_true", help="skip the C++ program")
    arguments = parser.parse_args()
    output = arguments.output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)  # the arrays are small: threads would only wait for each other
    # TorchScript is what runs without Python, whatever recent torch would rather have
    warnings.filterwarnings("ignore", message=".*torch.jit", category=FutureWarning)
    torch.manual_seed(20)
    start = time.monotonic()

    molecules = load_molecules()
    types = elements(molecules)
    train_set, test_set = split(molecules, held_out=0.2, seed=7)
    print(f"{len(train_set)} training and {len(test_set)} held-out molecules, elements {types}")

    descriptor = RadialDescriptor()
    model = EnergyModel(types, descriptor.n_radial, n_hidden=24)
    start_from_composition(model, train_set, types)
    dataset = make_dataset(train_set, descriptor, types)
    train(model, dataset, arguments.epochs)

    scripted = torch.jit.script(model.eval())
    check_all_forces(scripted, test_set, descriptor, types)
    scripted.save(str(output / "model.pt"))
    inputs = join_batch(list(make_dataset(test_set, descriptor, types))).descriptor
    mts.save(str(output / "descriptors.mts"), inputs)

    predicted = energies(scripted(inputs))
    train_inputs = join_batch(list(dataset)).descriptor
    parity_plot(
        output / "parity.png",
        {
            "training": (train_set, energies(scripted(train_inputs))),
            "held out": (test_set, predicted),
        },
    )
    if not arguments.python_only:
        from_cpp = predict_in_cpp(output)
        compare(scripted(inputs, True), output, predicted, from_cpp)
        print_table(test_set, predicted, from_cpp)
    summary(train_set, test_set, predicted)
    print(f"parity plot in {output / 'parity.png'}, total {time.monotonic() - start:.0f} s")


def energies(result: TensorMap) -> list[float]:
    """Energies from the output of the model, in the order of systems."""
    return [float(e) for e in result.block().values.detach().flatten()]


def check_all_forces(
    model: torch.nn.Module,
    molecules: list[Molecule],
    descriptor: RadialDescriptor,
    types: list[int],
) -> None:
    """Stop if forces are not the derivatives of energies."""
    smallest = sorted(molecules, key=lambda m: len(m.atoms))[:6]
    worst = max(check_forces(model, m.atoms, descriptor, types) for m in smallest)
    print(f"forces against finite differences, {len(smallest)} molecules: within {worst:.1e} eV/Å")
    if not worst < 1e-6:
        raise SystemExit("error: forces are not the derivatives of energies")


def predict_in_cpp(output: Path) -> list[float]:
    """Build the C++ program, run it on the saved model and inputs, and read what it prints."""
    prefixes = [
        metatensor.utils.cmake_prefix_path,
        mts.utils.cmake_prefix_path,
        torch.utils.cmake_prefix_path,
    ]
    build = output / "cpp"
    prefix_path = f"-DCMAKE_PREFIX_PATH={';'.join(prefixes)}"
    log = run_program("cmake", f"-S{HERE / 'cpp'}", f"-B{build}", prefix_path)
    log += run_program("cmake", "--build", str(build), "--config", "Release")
    (output / "cmake.log").write_text(log)
    files = ["model.pt", "descriptors.mts", "energies.mts"]
    printed = run_program(str(build / "predict"), *(str(output / name) for name in files))
    return [float(line.split()[1]) for line in printed.splitlines()]


def run_program(*command: str) -> str:
    """Output of a program; stops if it fails."""
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode != 0:
        sys.exit(f"error: {' '.join(command)} failed:\n{result.stdout}{result.stderr}")
    return result.stdout


def compare(python: TensorMap, output: Path, predicted: list[float], from_cpp: list[float]) -> None:
    """Stop if Python and C++ differ, in energies (eV) or in their gradients."""
    difference = max(abs(a - b) for a, b in zip(predicted, from_cpp, strict=True))
    saved = mts.load(str(output / "energies.mts"))
    mts.allclose_raise(python, saved, rtol=0.0, atol=TOLERANCE)
    print(f"\nPython and C++ energies agree within {difference:.1e} eV, and so do the forces")
    if not difference < TOLERANCE:
        sys.exit("error: C++ and Python predictions differ")


def summary(train_set: list[Molecule], test_set: list[Molecule], predicted: list[float]) -> None:
    """Held-out error against that of always predicting the mean."""
    mean = sum(m.energy for m in train_set) / len(train_set)
    baseline = mean_absolute_error(test_set, [mean] * len(test_set))
    error = mean_absolute_error(test_set, predicted)
    print(f"\nheld-out mean absolute error: {error:.3f} eV; predicting the mean: {baseline:.3f} eV")
    if not error < 0.2 * baseline:
        sys.exit("error: the model learned too little")


if __name__ == "__main__":
    main()
