"""All operations in a program without Python, which loads them from a TorchScript archive."""

import inspect
import re
import shutil
import subprocess
import warnings
from pathlib import Path

import metatensor.torch as mts
import metatensor.utils
import pytest
import torch
from device_inputs import make_map
from scripted_operations import Operations

SOURCE = Path(__file__).parent / "cpp"
#: raises, or asks about the process
NOT_CALLED = {"NotEqualError", "checks_enabled"} | {
    f"unsafe_{what}_checks" for what in ("disable", "enable")
}


def test_all_operations():
    used = set(re.findall(r"\bmts\.(\w+)\(", inspect.getsource(Operations)))
    used |= {"block_from_array"}
    assert set(mts.operations.__all__) - used - NOT_CALLED == set()


@pytest.fixture(scope="module")
def scripted():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.script(Operations())


def names(module):
    return [name for name in module._c._method_names() if name != "forward"]


def test_scripted(scripted):
    """TorchScript and Python give the same."""
    tensor = make_map("cpu", 4, gradient=True)
    assert len(names(scripted)) > 15
    for name in names(scripted):
        expected = getattr(Operations(), name)(tensor)
        mts.allclose_raise(getattr(scripted, name)(tensor), expected, rtol=1e-12, atol=1e-12)


def test_cpp(scripted, tmp_path):
    prefixes = [metatensor.utils.cmake_prefix_path, mts.utils.cmake_prefix_path]
    if shutil.which("cmake") is None or not Path(prefixes[1]).exists():
        pytest.skip("CMake is not here, or the package is not installed")
    prefixes.append(torch.utils.cmake_prefix_path)
    build = tmp_path / "build"
    options = [f"-DCMAKE_PREFIX_PATH={';'.join(prefixes)}"]
    subprocess.run(["cmake", "-S", SOURCE, "-B", build, *options], check=True)
    subprocess.run(["cmake", "--build", build], check=True)

    tensor = make_map("cpu", 4, gradient=True)
    model, data = tmp_path / "operations.pt", tmp_path / "input.mts"
    scripted.save(model)
    mts.save(str(data), tensor)
    output = tmp_path / "output"
    output.mkdir()
    subprocess.run([build / "run_methods", model, data, output], check=True)

    for name in names(scripted):
        result = mts.load(str(output / f"{name}.mts"))
        expected = getattr(scripted, name)(tensor)
        mts.allclose_raise(result, expected, rtol=1e-12, atol=1e-12)
