"""Build the wheels of this repository once, and share them between environments.

``python tools/wheels.py build [NAME ...]``
    leaves the wheels in ``dist/``, building only those whose sources changed.
``python tools/wheels.py install NAME [NAME ...]``
    builds what is needed, then installs it in the environment of this Python.

Names are those of the distributions (``metatensor-core``, ``metatensor-torch``, …);
no name means all of them. ``METATENSOR_TORCH_VERSION`` chooses the torch that
metatensor-torch is built against; the default is the newest one.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from filelock import FileLock

ROOT = Path(__file__).resolve().parents[1]
DIST = ROOT / "dist"
CACHE = ROOT / "build" / "wheels"

RUST = ["Cargo.toml", "Cargo.lock", "metatensor-core", "c-api"]
# what each distribution is built from, in an order that satisfies build requirements
SOURCES: dict[str, list[str]] = {
    "metatensor-core": [*RUST, "python/metatensor"],
    "metatensor-torch": [*RUST, "metatensor-torch", "python/metatensor_torch"],
    "metatensor-operations": ["python/metatensor_operations"],
    "metatensor-learn": ["python/metatensor_learn"],
    "metatensor": ["python/metatensor_meta"],
}
# folders which can change without changing the wheel
IGNORED = {"tests", "benches", "fuzz", "docs"}


def main() -> None:
    """Parse the command line and run it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["build", "install"])
    parser.add_argument("names", nargs="*", metavar="NAME", help="distributions, all by default")
    arguments = parser.parse_args()
    unknown = sorted(set(arguments.names) - set(SOURCES))
    if unknown:
        parser.error(f"unknown distributions {unknown}, expected some of {list(SOURCES)}")

    names = arguments.names or list(SOURCES)
    wheels = [build(name) for name in SOURCES if name in names]
    if arguments.command == "install":
        install(wheels)
    else:
        publish(wheels)


def build(name: str) -> Path:
    """Path to the wheel of ``name``, built if its sources changed."""
    folder = CACHE / name / source_digest(name)
    CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(CACHE / f"{name}.lock"):
        existing = list(folder.glob("*.whl"))
        if existing:
            return existing[0]
        # a build requirement, which has to be ours and not that of a package index
        links = [build("metatensor-core").parent] if name == "metatensor-torch" else []
        # uv leaves nothing behind when a build fails
        run(
            "build", "--wheel", str(ROOT / SOURCES[name][-1]), "--out-dir", str(folder),
            "--refresh-package", "metatensor-core",
            *[option for link in links for option in ("--find-links", str(link))],
        )  # fmt: skip
        (wheel,) = folder.glob("*.whl")
        return wheel


def publish(wheels: Iterable[Path]) -> None:
    """Copy wheels to ``dist/``, in place of older ones of the same distributions."""
    DIST.mkdir(exist_ok=True)
    for wheel in wheels:
        for old in DIST.glob(f"{wheel.name.split('-')[0]}-*.whl"):
            old.unlink()
        shutil.copy(wheel, DIST)
        print(f"dist/{wheel.name}")


def install(wheels: Iterable[Path]) -> None:
    """Install wheels in the current environment."""
    run(
        "pip", "install", "--python", sys.executable,
        *[option for wheel in wheels for option in ("--reinstall-package", wheel_name(wheel))],
        *[str(wheel) for wheel in wheels],
    )  # fmt: skip


def wheel_name(wheel: Path) -> str:
    """Name of the distribution in a wheel."""
    return wheel.name.split("-")[0].replace("_", "-")


def source_digest(name: str) -> str:
    """Hash of every file the wheel is made from."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *SOURCES[name]],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    digest = hashlib.sha256(os.environ.get("METATENSOR_TORCH_VERSION", "").encode())
    for relative in sorted(filter(None, listing.split("\0"))):
        path = ROOT / relative
        if IGNORED.intersection(Path(relative).parts) or not path.is_file():
            continue
        digest.update(relative.encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def run(*arguments: str) -> None:
    """Run uv, which is installed next to this Python."""
    subprocess.run([sys.executable, "-m", "uv", *arguments], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()
