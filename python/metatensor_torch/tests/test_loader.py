"""Finding and loading the library, and everything that can go wrong with it."""

import os
import subprocess
import sys

import metatensor
import metatensor.torch
import pytest
import torch
from metatensor.torch import _c_lib, _version


def run(code, **environment):
    """Run code in a new interpreter, with warnings as errors."""
    result = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert result.returncode == 0, result.stderr


def test_library_is_listed():
    loaded = {os.path.realpath(path) for path in torch.ops.loaded_libraries}
    assert os.path.realpath(_c_lib._lib_path()) in loaded
    assert "metatensor_torch" in _c_lib._lib_path()


def test_loading_again():
    _c_lib._load_library()
    _c_lib._load_library()


def test_loaded_by_someone_else():
    run(
        "import metatensor, torch\n"
        f"torch.ops.load_library({_c_lib._lib_path()!r})\n"
        "import metatensor.torch\n"
        "assert metatensor.torch.Labels.range('n', 3).names == ['n']"
    )


def test_cmake_prefix_path():
    assert os.path.isdir(metatensor.torch.utils.cmake_prefix_path)


def test_version():
    assert metatensor.torch.version() == torch.ops.metatensor.version()
    library = _version._parse_version(metatensor.torch.version())
    assert _version._parse_version(metatensor.torch.__version__) == library
    core = _version._parse_version(_version.BUILD_METATENSOR_CORE_VERSION)
    assert core == _version._parse_version(metatensor.__version__)


def test_parse_version():
    assert _version._parse_version("2.15.0+cu132") == (2, 15)
    assert str(_version._parse_version("0.10.100")) == "0.10"
    with pytest.raises(ValueError, match="'next'"):
        _version._parse_version("next")


def test_wrong_core_version(monkeypatch):
    monkeypatch.setattr(metatensor, "__version__", "0.3.2", raising=False)
    with pytest.raises(ImportError, match=r"v0\.2.*v0\.3\.2"):
        _c_lib._check_core_version()


def test_wrong_library_version(monkeypatch):
    monkeypatch.setattr(_c_lib, "_release_version", lambda: "0.11.2")
    with pytest.raises(ImportError, match=r"0\.11\.2.*0\.10"):
        _c_lib._check_library_version("0.10.100")


def test_no_build_for_this_torch(monkeypatch, tmp_path):
    monkeypatch.setattr(_c_lib, "_HERE", str(tmp_path))
    with pytest.raises(ImportError, match="no version of torch"):
        _c_lib._lib_path()
    for version in ("1.9", "1.10"):
        (tmp_path / f"torch-{version}").mkdir()
    with pytest.raises(ImportError, match=r"only available for torch v1\.9, v1\.10\. You can"):
        _c_lib._lib_path()


def test_missing_library(monkeypatch, tmp_path):
    monkeypatch.setattr(_c_lib, "_HERE", str(tmp_path))
    folder = tmp_path / f"torch-{_version._parse_version(torch.__version__)}"
    folder.mkdir()
    with pytest.raises(ImportError, match=r"could not find .*torch-"):
        _c_lib._lib_path()


def test_external_library(monkeypatch, tmp_path):
    monkeypatch.setattr(_c_lib, "_HERE", str(tmp_path))
    folder = tmp_path / f"torch-{_version._parse_version(torch.__version__)}"
    folder.mkdir()
    (folder / "_external.py").write_text(
        "EXTERNAL_METATENSOR_TORCH_PATH = '/somewhere/libmetatensor_torch.so'\n"
        "EXTERNAL_METATENSOR_TORCH_PREFIX = '/somewhere'\n"
    )
    assert _c_lib._lib_path() == "/somewhere/libmetatensor_torch.so"
    assert _c_lib._external("EXTERNAL_METATENSOR_TORCH_PREFIX") == "/somewhere"


def test_library_for_another_torch(monkeypatch):
    monkeypatch.setattr(_c_lib, "loaded_library_path", lambda name: None)

    def load_library(path):
        raise OSError(f"{path}: undefined symbol: _ZN3c10")

    monkeypatch.setattr(torch.ops, "load_library", load_library)
    with pytest.raises(ImportError, match="comes from another source"):
        _c_lib._load_library()


def test_broken_library(monkeypatch):
    monkeypatch.setattr(_c_lib, "loaded_library_path", lambda name: None)

    def load_library(path):
        raise OSError(f"{path}: invalid ELF header")

    monkeypatch.setattr(torch.ops, "load_library", load_library)
    with pytest.raises(ImportError, match="invalid ELF header"):
        _c_lib._load_library()


@pytest.mark.parametrize(("machine", "valid"), [(0x8664, True), (0x014C, False), (0x1234, False)])
def test_windows_machine_type(tmp_path, machine, valid):
    content = bytearray(256)
    content[0x3C:0x40] = (128).to_bytes(4, "little")
    content[132:134] = machine.to_bytes(2, "little")
    path = tmp_path / "metatensor_torch.dll"
    path.write_bytes(content)
    if valid:
        _c_lib._check_dll(str(path))
    else:
        with pytest.raises(ImportError, match="machine type"):
            _c_lib._check_dll(str(path))


def test_without_torchscript():
    run(
        "import metatensor.torch as mts, torch\n"
        "block = mts.block_from_array(torch.ones(2, 3))\n"
        "tensor = mts.TensorMap(mts.Labels.single(), [block])\n"
        "assert not isinstance(mts.add, torch.jit.ScriptFunction)\n"
        "assert mts.add(tensor, 1).block().values[0, 0] == 2\n"
        "part = mts.slice_block(tensor.block(), 'samples', [1])\n"
        "assert part.samples.values.tolist() == [[1]]\n"
        "try:\n"
        "    mts.add(tensor, 'a')\n"
        "except TypeError as error:\n"
        "    assert '`B`' in str(error)\n"
        "try:\n"
        "    mts.equal_raise(tensor, mts.add(tensor, 1))\n"
        "except mts.NotEqualError:\n"
        "    pass\n"
        "else:\n"
        "    raise AssertionError",
        PYTORCH_JIT="0",
    )


def test_documentation_mode():
    run(
        "import metatensor.torch as mts, torch\n"
        "assert torch.ops.loaded_libraries == set()\n"
        "assert isinstance(mts.Labels, type)\n"
        "assert not isinstance(mts.add, torch.jit.ScriptFunction)\n"
        "assert mts.add.__doc__ and mts.TensorMap.keys_to_samples.__doc__\n"
        "try:\n"
        "    mts.Labels.single()\n"
        "except RuntimeError:\n"
        "    pass\n"
        "else:\n"
        "    raise AssertionError",
        METATENSOR_IMPORT_FOR_SPHINX="1",
    )


def test_import_is_light():
    """Operations and modules are only imported (and compiled) by those who use them."""
    run(
        "import sys, torch\n"
        "before = set(sys.modules)\n"
        "import metatensor.torch\n"
        "added = set(sys.modules) - before\n"
        "heavy = ('metatensor.operations', 'metatensor.learn', 'metatensor_torch.operations',\n"
        "         'metatensor_torch.learn', 'metatensor.testing')\n"
        "assert [name for name in added if name.startswith(heavy)] == []\n"
        "known = ('metatensor', 'ctypes', 'numpy', 'html', '_ctypes')\n"
        "others = [name for name in added if not name.startswith(known)]\n"
        # nothing but small parts of the standard library
        "assert [n for n in others if n.partition('.')[0] not in sys.stdlib_module_names] == []\n"
        "assert len(added) < 150, sorted(added)\n"
    )
