"""PEP 517 backend of metatensor-core: maturin, plus the C and C++ development files.

maturin compiles the library and gives the wheel its tag (``py3-none-<platform>``,
through its cffi mode), but puts the library where cffi wants it. Prebuilt programs
look for it at ``metatensor/lib``, with headers in ``metatensor/include`` and a CMake
package in ``metatensor/lib/cmake``: this backend rearranges the wheel accordingly.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import maturin

ROOT = Path(__file__).resolve().parents[3]
C_API = ROOT / "c-api"
PACKAGE = "metatensor"
NATIVE = "_native"

build_sdist = maturin.build_sdist
get_requires_for_build_sdist = maturin.get_requires_for_build_sdist


def get_requires_for_build_wheel(config_settings: dict[str, Any] | None = None) -> list[str]:
    """Requirements of maturin itself; ours are in pyproject.toml."""
    return list(maturin.get_requires_for_build_wheel(config_settings))


def prepare_metadata_for_build_wheel(
    metadata_directory: str, config_settings: dict[str, Any] | None = None
) -> str:
    """Metadata of the wheel, without compiling anything."""
    return str(maturin.prepare_metadata_for_build_wheel(metadata_directory, config_settings))


def build_wheel(
    wheel_directory: str,
    config_settings: dict[str, Any] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Build the wheel with maturin, then move the library to its documented place."""
    _placeholder_header()
    with tempfile.TemporaryDirectory() as scratch:
        name = maturin.build_wheel(scratch, config_settings, metadata_directory)
        unpacked = Path(scratch) / "unpacked"
        _wheel("unpack", str(Path(scratch) / name), "--dest", str(unpacked))
        (tree,) = unpacked.iterdir()
        _rearrange(tree / PACKAGE, Path(scratch) / "cmake-build")
        _wheel("pack", str(tree), "--dest-dir", str(Path(wheel_directory).resolve()))
    return str(name)


def build_editable(*_args: object, **_kwargs: object) -> str:
    """Editable installs would have no library next to the sources."""
    raise RuntimeError(
        "metatensor-core can not be installed in editable mode, because the compiled library is "
        "part of the package; use a normal installation"
    )


def _placeholder_header() -> None:
    # cffi mode wants C declarations, for bindings which we then drop: give it one line
    # instead of letting it parse our crate.
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    target.mkdir(parents=True, exist_ok=True)
    (target / "header.h").write_text("const char *mts_version(void);\n")


def _rearrange(package: Path, build: Path) -> None:
    (library,) = [path for path in (package / NATIVE).iterdir() if path.suffix != ".py"]
    names = {"darwin": "libmetatensor.dylib", "win32": "metatensor.dll"}
    built = build.parent / names.get(sys.platform, "libmetatensor.so")
    shutil.move(library, built)
    shutil.rmtree(package / NATIVE)
    cmake = [sys.executable, "-m", "cmake"]
    configure = [
        *cmake,
        f"-S{C_API}",
        f"-B{build}",
        f"-DMETATENSOR_PREBUILT_LIBRARY={built}",
        "-DMETATENSOR_INSTALL_BOTH_STATIC_SHARED=OFF",
        "-DBUILD_SHARED_LIBS=ON",
        "-DCMAKE_INSTALL_LIBDIR=lib",
        "-DCMAKE_INSTALL_INCLUDEDIR=include",
        "-DCMAKE_INSTALL_BINDIR=bin",
    ]
    subprocess.run(configure, check=True, stdout=sys.stderr)
    install = [*cmake, "--install", str(build), "--prefix", str(package)]
    subprocess.run(install, check=True, stdout=sys.stderr)
    # a wheel knows neither its prefix nor pkg-config's search path
    shutil.rmtree(package / "lib" / "pkgconfig", ignore_errors=True)


def _wheel(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "wheel", *arguments], check=True, stdout=sys.stderr)
