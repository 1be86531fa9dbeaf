"""Merge wheels of metatensor-torch which were built for different versions of torch.

``python tools/merge_wheels.py WHEEL WHEEL [WHEEL ...] [--output FOLDER]``

Each of them has a library in ``metatensor_torch/torch-X.Y``, everything else has to be the same.
The result has all of the libraries, and requires one of these versions of torch.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

#: ``major, minor`` of a version of torch
Minor = tuple[int, int]

_FOLDER = re.compile(r"metatensor_torch/torch-(\d+)\.(\d+)/")
_TORCH = re.compile(r"^Requires-Dist: torch(?![\w.-]).*$", re.MULTILINE)
_MANYLINUX = re.compile(r"manylinux_(\d+)_(\d+)_(\w+)")


@dataclass
class Wheel:
    """Content of a wheel."""

    path: Path
    files: dict[str, bytes]
    entries: dict[str, ZipInfo]

    @classmethod
    def read(cls, path: Path) -> Wheel:
        """Read everything in a wheel."""
        with ZipFile(path) as archive:
            entries = {entry.filename: entry for entry in archive.infolist() if not entry.is_dir()}
            files = {name: archive.read(name) for name in entries}
        wheel = cls(path, files, entries)
        if not path.name.startswith("metatensor_torch-") or not wheel.minors:
            raise ValueError(f"{path.name} is not a wheel of metatensor-torch with a library")
        return wheel

    @property
    def minors(self) -> set[Minor]:
        """Versions of torch with a library in this wheel."""
        matches = (_FOLDER.match(name) for name in self.files)
        return {(int(match[1]), int(match[2])) for match in matches if match}

    @property
    def tags(self) -> tuple[str, str, str]:
        """Python, binary interface and platform, from the name of the file."""
        python, abi, platform = self.path.stem.split("-")[-3:]
        return python, abi, platform

    @property
    def information(self) -> str:
        """Folder of the metadata."""
        return "-".join(self.path.name.split("-")[:2]) + ".dist-info"

    def shared(self) -> dict[str, bytes]:
        """What does not depend on the version of torch, and has to be the same in all wheels."""
        changed = {f"{self.information}/{name}" for name in ("RECORD", "WHEEL")}
        shared = {
            name: content
            for name, content in self.files.items()
            if not _FOLDER.match(name) and name not in changed
        }
        metadata = f"{self.information}/METADATA"
        shared[metadata] = _TORCH.sub("", shared[metadata].decode()).encode()
        return shared


def main() -> None:
    """Merge the wheels of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("wheels", nargs="+", type=Path, metavar="WHEEL")
    parser.add_argument("--output", type=Path, default=Path("dist"), help="folder, dist by default")
    arguments = parser.parse_args()
    try:
        print(merge(arguments.wheels, arguments.output))
    except ValueError as error:
        sys.exit(f"error: {error}")


def merge(paths: Iterable[Path], output: Path) -> Path:
    """Merge wheels.

    :param output: folder of the result
    :return: path of the result
    :raises ValueError: if these wheels do not fit together
    """
    wheels = [Wheel.read(path) for path in paths]
    if not wheels:
        raise ValueError("there are no wheels to merge")
    first = wheels[0]
    minors: set[Minor] = set()
    for wheel in wheels:
        check_same(first, wheel)
        if minors & wheel.minors:
            name = ", ".join(f"{major}.{minor}" for major, minor in minors & wheel.minors)
            raise ValueError(f"several wheels are for torch {name}, one of them is {wheel.path}")
        minors |= wheel.minors

    python, abi, _ = first.tags
    platform = common_platform([wheel.tags[2] for wheel in wheels])
    files, entries = {}, {}
    for wheel in wheels:
        files.update(wheel.files)
        entries.update(wheel.entries)
    information = first.information
    metadata = files[f"{information}/METADATA"].decode()
    files[f"{information}/METADATA"] = _TORCH.sub(
        f"Requires-Dist: torch{requirement(minors)}", metadata
    ).encode()
    files[f"{information}/WHEEL"] = with_tags(
        files[f"{information}/WHEEL"].decode(), python, abi, platform
    ).encode()
    prefix = "-".join(first.path.name.split("-")[:2])
    path = output / f"{prefix}-{python}-{abi}-{platform}.whl"
    write(path, files, entries, f"{information}/RECORD")
    return path


def check_same(first: Wheel, other: Wheel) -> None:
    """Stop if two wheels differ in something else than the libraries."""
    if first.tags[:2] != other.tags[:2]:
        raise ValueError(f"{first.path.name} and {other.path.name} are for different Pythons")
    one, two = first.shared(), other.shared()
    different = sorted(name for name in {*one, *two} if one.get(name) != two.get(name))
    if different:
        raise ValueError(
            f"{first.path.name} and {other.path.name} are not builds of the same sources, these "
            f"files are different: {', '.join(different)}"
        )


def requirement(minors: set[Minor]) -> str:
    """Versions of torch which are accepted: all patches of these minor versions and no other."""
    majors = {major for major, _ in minors}
    if len(majors) != 1:
        raise ValueError(f"versions of torch have different major numbers: {sorted(majors)}")
    (major,) = majors
    last = max(minor for _, minor in minors)
    start = min(minor for _, minor in minors)
    if start == last:
        return f"=={major}.{last}.*"
    missing = [minor for minor in range(start, last) if (major, minor) not in minors]
    excluded = "".join(f",!={major}.{minor}.*" for minor in missing)
    return f">={major}.{start},<{major}.{last + 1}{excluded}"


def common_platform(platforms: list[str]) -> str:
    """Tag of the platforms which can use all the libraries."""
    if len(set(platforms)) == 1:
        return platforms[0]
    matches = [_MANYLINUX.fullmatch(platform) for platform in platforms]
    versions = [
        (int(m[1]), int(m[2]), platform)
        for m, platform in zip(matches, platforms, strict=True)
        if m
    ]
    machines = {match[3] for match in matches if match}
    if len(versions) != len(platforms) or len(machines) != 1:
        raise ValueError(f"these wheels are for different platforms: {sorted(set(platforms))}")
    # the newest system which one of them needs
    return max(versions)[2]


def with_tags(text: str, python: str, abi: str, platform: str) -> str:
    """Content of the file WHEEL, with the given tags."""
    lines = [line for line in text.splitlines() if line and not line.startswith("Tag: ")]
    lines += [f"Tag: {python}-{abi}-{one}" for one in platform.split(".")]
    return "\n".join(lines) + "\n"


def write(path: Path, files: dict[str, bytes], entries: dict[str, ZipInfo], record: str) -> None:
    """Write a wheel, with the metadata at its end."""
    names = sorted((name for name in files if name != record), key=lambda n: (".dist-info" in n, n))
    lines = []
    for name in names:
        digest = base64.urlsafe_b64encode(hashlib.sha256(files[name]).digest()).rstrip(b"=")
        lines.append(f"{name},sha256={digest.decode()},{len(files[name])}\n")
    files[record] = "".join([*lines, f"{record},,\n"]).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with ZipFile(path, "w", compression=ZIP_DEFLATED) as archive:
        for name in [*names, record]:
            # the same date and permissions
            entry = ZipInfo(name, entries[name].date_time)
            entry.external_attr = entries[name].external_attr
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, files[name])


if __name__ == "__main__":
    main()
