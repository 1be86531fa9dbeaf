"""Merging wheels built for several versions of torch: a build is renamed, there is only one."""

from __future__ import annotations

import base64
import csv
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import merge_wheels
import pytest

METADATA = """Metadata-Version: 2.4
Name: metatensor-torch
Version: 0.10.100
Requires-Dist: torch=={torch}.*
Requires-Dist: metatensor-core<0.3,>=0.2.100

# metatensor-torch
"""


def make_wheel(
    folder: Path,
    torch: str,
    platform: str = "linux_x86_64",
    version: str = "0.10.100",
    code: str = "",
) -> Path:
    """A wheel with the files which matter."""
    path = folder / torch / f"metatensor_torch-{version}-py3-none-{platform}.whl"
    path.parent.mkdir(parents=True)
    information = f"metatensor_torch-{version}.dist-info"
    with ZipFile(path, "w") as archive:
        archive.writestr("metatensor_torch/__init__.py", code)
        archive.writestr(f"metatensor_torch/torch-{torch}/lib/libmetatensor_torch.so", torch)
        archive.writestr(f"{information}/METADATA", METADATA.format(torch=torch))
        archive.writestr(
            f"{information}/WHEEL",
            f"Wheel-Version: 1.0\nRoot-Is-Purelib: false\nTag: py3-none-{platform}\n\n",
        )
        archive.writestr(f"{information}/RECORD", "")
    return path


def pretend(wheel: Path, folder: Path, torch: str) -> Path:
    """The same wheel, as if it had been built for another version of torch."""
    (minor,) = merge_wheels.Wheel.read(wheel).minors
    built = ".".join(map(str, minor))
    path = folder / wheel.name
    with ZipFile(wheel) as source, ZipFile(path, "w") as target:
        for entry in source.infolist():
            content = source.read(entry)
            entry.filename = entry.filename.replace(f"torch-{built}/", f"torch-{torch}/")
            if entry.filename.endswith("METADATA"):
                content = content.replace(f"torch=={built}".encode(), f"torch=={torch}".encode())
            target.writestr(entry, content)
    return path


def read(path: Path) -> dict[str, str]:
    """Texts in a wheel."""
    with ZipFile(path) as archive:
        return {name: archive.read(name).decode("utf8", "replace") for name in archive.namelist()}


def check_record(path: Path) -> None:
    """All the files are in RECORD, with their right sizes and hashes."""
    with ZipFile(path) as archive:
        names = archive.namelist()
        assert len(names) == len(set(names))
        assert names[-1].endswith(".dist-info/RECORD")
        rows = list(csv.reader(archive.read(names[-1]).decode().splitlines()))
        assert [row[0] for row in rows] == names
        assert rows[-1][1:] == ["", ""]
        for name, digest, size in rows[:-1]:
            content = archive.read(name)
            expected = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).decode()
            assert digest == "sha256=" + expected.rstrip("=")
            assert int(size) == len(content)


def test_merge(tmp_path: Path) -> None:
    wheels = [make_wheel(tmp_path, torch) for torch in ("2.12", "2.9", "2.11")]
    merged = merge_wheels.merge(wheels, tmp_path / "dist")
    assert merged.name == "metatensor_torch-0.10.100-py3-none-linux_x86_64.whl"
    check_record(merged)
    files = read(merged)
    for torch in ("2.9", "2.11", "2.12"):
        assert files[f"metatensor_torch/torch-{torch}/lib/libmetatensor_torch.so"] == torch
    metadata = files["metatensor_torch-0.10.100.dist-info/METADATA"]
    assert metadata == METADATA.replace("=={torch}.*", ">=2.9,<2.13,!=2.10.*")

    # what was merged can be merged again
    more = merge_wheels.merge([merged, make_wheel(tmp_path, "2.13")], tmp_path / "more")
    check_record(more)
    assert (
        "torch>=2.9,<2.14,!=2.10.*\n" in read(more)["metatensor_torch-0.10.100.dist-info/METADATA"]
    )


@pytest.mark.parametrize(
    ("minors", "expected", "accepted", "refused"),
    [
        ([(2, 15)], "==2.15.*", ["2.15.0", "2.15.1+cu132"], ["2.14.9", "2.16.0"]),
        ([(2, 14), (2, 15)], ">=2.14,<2.16", ["2.14.0", "2.15.3"], ["2.13.1", "2.16.0", "3.0.0"]),
        ([(2, 11), (2, 15)], None, ["2.11.1", "2.15.0+cpu"], ["2.12.0", "2.14.1", "2.9.0"]),
    ],
)
def test_requirement(
    minors: list[tuple[int, int]], expected: str | None, accepted: list[str], refused: list[str]
) -> None:
    specifiers = pytest.importorskip("packaging.specifiers")
    requirement = merge_wheels.requirement(set(minors))
    assert expected in (None, requirement)
    versions = specifiers.SpecifierSet(requirement)
    assert [version for version in accepted if not versions.contains(version)] == []
    assert [version for version in refused if versions.contains(version)] == []


def test_platforms(tmp_path: Path) -> None:
    platforms = ("manylinux_2_28_x86_64", "manylinux_2_4_x86_64")
    wheels = [make_wheel(tmp_path, f"2.1{i}", p) for i, p in enumerate(platforms)]
    merged = merge_wheels.merge(wheels, tmp_path / "dist")
    assert merged.name.endswith("py3-none-manylinux_2_28_x86_64.whl")
    text = read(merged)["metatensor_torch-0.10.100.dist-info/WHEEL"]
    assert text.count("Tag: ") == 1
    assert "Tag: py3-none-manylinux_2_28_x86_64\n" in text
    with pytest.raises(ValueError, match="different platforms"):
        merge_wheels.common_platform(["manylinux_2_28_x86_64", "manylinux_2_28_aarch64"])
    with pytest.raises(ValueError, match="different platforms"):
        merge_wheels.common_platform(["manylinux_2_28_x86_64", "win_amd64"])


def test_wheels_which_do_not_fit(tmp_path: Path) -> None:
    wheel = make_wheel(tmp_path / "a", "2.14")
    for other, message in [
        (make_wheel(tmp_path / "b", "2.14"), "several wheels are for torch 2.14"),
        (make_wheel(tmp_path / "c", "2.15", code="pass"), "metatensor_torch/__init__.py"),
        (make_wheel(tmp_path / "d", "2.15", version="0.10.101"), "not builds of the same sources"),
        (make_wheel(tmp_path / "e", "3.0"), "different major numbers"),
    ]:
        with pytest.raises(ValueError, match=message):
            merge_wheels.merge([wheel, other], tmp_path / "dist")
    assert not (tmp_path / "dist").exists()


def test_real_wheel(wheels: dict[str, Path], empty_python: Path, tmp_path: Path) -> None:
    """A merged wheel can be installed, and the library for this torch is the one which is used."""
    wheel = wheels["metatensor-torch"]
    merged = merge_wheels.merge([pretend(wheel, tmp_path, "2.3"), wheel], tmp_path / "dist")
    check_record(merged)
    target = tmp_path / "site-packages"
    command = ["-m", "uv", "pip", "install", "--no-deps", "--target", str(target), str(merged)]
    subprocess.run([sys.executable, *command], check=True)
    code = (
        "import metatensor_torch, os, sys, torch\n"
        "from metatensor_torch import _c_lib\n"
        "assert metatensor_torch.__file__.startswith(sys.argv[1])\n"
        "minor = '.'.join(torch.__version__.split('.')[:2])\n"
        "assert f'/torch-{minor}/' in _c_lib._lib_path()\n"
        "assert metatensor_torch.Labels.range('a', 3).names == ['a']\n"
        "torch.__version__ = '2.4.1'\n"
        "try:\n"
        "    _c_lib._lib_path()\n"
        "except ImportError as error:\n"
        "    assert f'only available for torch v2.3, v{minor}.' in str(error), error\n"
        "else:\n"
        "    raise AssertionError\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(target)}
    subprocess.run(
        [str(empty_python), "-W", "error", "-c", code, str(target)], check=True, env=environment
    )
