"""`.mts` files are the same bytes, and mean the same, for both implementations."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from cases import cases
from harness import Program, run_program

NAMES = sorted(cases())


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, reference_python: Path) -> dict[str, Path]:
    """Folders with the files of all cases, one for each implementation."""
    folders = {}
    for name, python in (("reference", reference_python), ("ours", sys.executable)):
        folders[name] = tmp_path_factory.mktemp(name)
        run_program(python, "write.py", folders[name])
    return folders


@pytest.mark.parametrize("name", NAMES)
def test_same_bytes(written: dict[str, Path], name: str) -> None:
    file = f"{name}.mts"
    assert (written["ours"] / file).read_bytes() == (written["reference"] / file).read_bytes()


def test_all_cases_written(written: dict[str, Path]) -> None:
    for folder in written.values():
        assert sorted(path.stem for path in folder.glob("*.mts")) == NAMES


def test_each_reads_the_other(written: dict[str, Path], reference: Program, ours: Program) -> None:
    """Also checks that both agree on what is in the files, down to the bytes of values."""
    of_reference = json.loads(ours("describe.py", written["reference"]))
    of_ours = json.loads(reference("describe.py", written["ours"]))
    assert sorted(of_reference) == NAMES
    for name in NAMES:
        assert of_reference[name] == of_ours[name], name


def test_saving_what_was_loaded(written: dict[str, Path], tmp_path: Path) -> None:
    """Loading and saving again gives the same bytes."""
    import metatensor

    for name in NAMES:
        path = written["reference"] / f"{name}.mts"
        load = {"labels": metatensor.load_labels, "block": metatensor.load_block}
        data = load.get(name.split("_")[0], metatensor.load)(str(path))
        metatensor.save(str(tmp_path / path.name), data)
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), name
