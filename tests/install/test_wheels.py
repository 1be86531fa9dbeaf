"""What is in the wheels, and what they can do in an empty environment."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[2]
CORE_FILES = [
    "metatensor/lib/libmetatensor.so",
    "metatensor/lib/cmake/metatensor/metatensor-config.cmake",
    "metatensor/lib/cmake/metatensor/metatensor-config-version.cmake",
    "metatensor/include/metatensor.h",
    "metatensor/include/metatensor.hpp",
    "metatensor/include/metatensor/labels.hpp",
    "metatensor/include/metatensor/version.h",
    "metatensor/include/metatensor/dlpack/dlpack.h",
    "metatensor/py.typed",
    "metatensor/torch.py",
    "metatensor/torch/__init__.pyi",
    "metatensor/torch/learn/nn/__init__.pyi",
    "metatensor/operations/__init__.py",
    "metatensor/learn/__init__.py",
]


def run(*command: object, cwd: Path | None = None) -> str:
    result = subprocess.run(
        list(map(str, command)), cwd=cwd, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, f"{command} failed:\n{result.stdout}{result.stderr}"
    return result.stdout


@pytest.mark.parametrize("name", ["metatensor-core", "metatensor-torch"])
def test_tag(wheels: dict[str, Path], name: str) -> None:
    python, abi, platform = wheels[name].stem.split("-")[-3:]
    assert (python, abi) == ("py3", "none")
    assert platform != "any"


def test_core_content(wheels: dict[str, Path]) -> None:
    content = set(ZipFile(wheels["metatensor-core"]).namelist())
    assert content.issuperset(CORE_FILES), set(CORE_FILES) - content
    assert not [name for name in content if "_native" in name or name.endswith(".pyc")]


def test_torch_content(wheels: dict[str, Path]) -> None:
    content = ZipFile(wheels["metatensor-torch"]).namelist()
    folders = {name.split("/")[1] for name in content if name.startswith("metatensor_torch/torch-")}
    (folder,) = folders
    prefix = f"metatensor_torch/{folder}"
    assert f"{prefix}/lib/libmetatensor_torch.so" in content
    assert f"{prefix}/include/metatensor/torch.hpp" in content
    assert f"{prefix}/lib/cmake/metatensor_torch/metatensor_torch-config.cmake" in content
    assert "metatensor_torch/__init__.pyi" in content
    assert "metatensor_torch/operations/__init__.pyi" in content
    # found next to the installed core and torch, whatever this machine's paths were
    assert not [name for name in content if name.endswith("libmetatensor.so")]


def test_versions(empty_python: Path) -> None:
    code = (
        "import metatensor, metatensor.torch, metatensor_operations, metatensor_learn\n"
        "from importlib.metadata import version\n"
        "assert metatensor.__version__ == version('metatensor-core') == '0.2.100'\n"
        "assert metatensor.torch.__version__ == version('metatensor-torch') == '0.10.100'\n"
        "assert metatensor.torch.version() == '0.10.100'\n"
        "operations, learn = metatensor.operations, metatensor.learn\n"
        "assert operations.__version__ == version('metatensor-operations') == '0.5.100'\n"
        "assert learn.__version__ == version('metatensor-learn') == '0.6.100'\n"
        "assert metatensor_operations is metatensor.operations\n"
    )
    run(empty_python, "-W", "error", "-c", code)


def test_main_job(empty_python: Path, tmp_path: Path) -> None:
    """Train in Python, predict in C++: what `tox -e demo` does, in an empty environment."""
    script = ROOT / "docs" / "examples" / "molecules" / "run.py"
    output = run(empty_python, script, "--output", tmp_path)
    assert "Python and C++ energies agree" in output
    assert "held-out mean absolute error" in output
    assert (tmp_path / "parity.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("project", ["find-package-c", "find-package-cxx"])
def test_c_and_cpp_projects(empty_python: Path, tmp_path: Path, project: str) -> None:
    """`find_package(metatensor)` finds the library inside the installed package."""
    prefix = run(empty_python, "-c", "import metatensor.utils as u; print(u.cmake_prefix_path)")
    source = ROOT / "c-api" / "tests" / "cmake-project" / project
    build = tmp_path / "build"
    # the wheel has no static library
    options = [f"-DCMAKE_PREFIX_PATH={prefix.strip()}", "-DEXPECTED_LIBRARIES=1"]
    run("cmake", f"-S{source}", f"-B{build}", *options)
    run("cmake", "--build", build)
    run("ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error")


def test_no_machine_paths(wheels: dict[str, Path], tmp_path: Path) -> None:
    """Libraries are found relative to each other."""
    readelf = shutil.which("readelf")
    if readelf is None:
        pytest.skip("readelf is not installed")
    for name, library in (
        ("metatensor-core", "libmetatensor.so"),
        ("metatensor-torch", "libmetatensor_torch.so"),
    ):
        with ZipFile(wheels[name]) as archive:
            (member,) = [m for m in archive.namelist() if m.endswith(f"/{library}")]
            path = archive.extract(member, tmp_path)
        dynamic = run(readelf, "-d", path)
        assert f"[{library}]" in dynamic, "SONAME has to be the unversioned file name"
        for line in dynamic.splitlines():
            if "RUNPATH" in line or "RPATH" in line:
                paths = line[line.index("[") + 1 : line.index("]")].split(":")
                assert all(path.startswith("$ORIGIN") for path in paths), line
