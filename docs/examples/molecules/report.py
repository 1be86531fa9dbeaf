"""Table and parity plot of the results."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
from dataset import Molecule

matplotlib.use("Agg")
import matplotlib.pyplot as plt


def print_table(
    molecules: list[Molecule], python: list[float], cpp: list[float], n_lines: int = 12
) -> None:
    """Reference and predicted energies of the first held-out molecules, in eV."""
    print(f"\n{'molecule':<22}{'reference':>12}{'Python':>18}{'C++':>18}   (eV)")
    rows = list(zip(molecules, python, cpp, strict=True))
    for m, from_python, from_cpp in rows[:n_lines]:
        print(f"{m.name:<22}{m.energy:>12.4f}{from_python:>18.10f}{from_cpp:>18.10f}")
    if len(rows) > n_lines:
        print(f"… and {len(rows) - n_lines} more")


def mean_absolute_error(molecules: list[Molecule], predicted: list[float]) -> float:
    """Mean absolute error, in eV."""
    return float(np.mean([abs(m.energy - p) for m, p in zip(molecules, predicted, strict=True)]))


def parity_plot(path: Path, sets: dict[str, tuple[list[Molecule], list[float]]]) -> None:
    """Predicted against measured energies, for each set of molecules, as PNG."""
    figure, axes = plt.subplots(figsize=(5, 5), layout="constrained")
    for name, (molecules, predicted) in sets.items():
        error = mean_absolute_error(molecules, predicted)
        axes.scatter(
            [m.energy for m in molecules], predicted, s=14, label=f"{name}, MAE {error:.2f} eV"
        )
    limits = axes.get_xlim()
    axes.plot(limits, limits, color="0.6", linewidth=1, zorder=0)
    axes.set_xlabel("measured atomization energy / eV")
    axes.set_ylabel("predicted / eV")
    axes.legend()
    figure.savefig(path, dpi=150)
    plt.close(figure)
