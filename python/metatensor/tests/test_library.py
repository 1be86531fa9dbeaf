import ctypes
import os
import shutil

import metatensor
import pytest
from fresh_process import run
from metatensor import _c_api, _c_lib, _loaded, _version


def test_layout():
    size = ctypes.sizeof(ctypes.c_void_p)
    assert [field[0] for field in _c_api.mts_array_t._fields_] == [
        "ptr",
        "destroy",
        "origin",
        "device",
        "dtype",
        "as_dlpack",
        "from_dlpack",
        "shape",
        "reshape",
        "swap_axes",
        "create",
        "copy",
        "move_data",
    ]
    assert ctypes.sizeof(_c_api.mts_array_t) == 13 * size
    assert ctypes.sizeof(_c_api.mts_data_movement_t) == 5 * size
    assert ctypes.sizeof(_c_api.mts_status_t) == 4
    assert ctypes.sizeof(_c_api.mts_data_origin_t) == 8
    assert ctypes.sizeof(_c_api.c_uintptr_t) == size
    for name in ("mts_labels_t", "mts_block_t", "mts_tensormap_t"):
        assert ctypes.POINTER(getattr(_c_api, name))


def test_declared_functions():
    lib = _c_lib._get_library()
    assert lib is _c_lib._get_library()
    assert isinstance(lib, ctypes.CDLL)
    for name in ("mts_labels", "mts_block", "mts_tensormap", "mts_tensormap_load"):
        assert getattr(lib, name).argtypes is not None
    assert lib.mts_version().startswith(b"0.2.")


def test_version(monkeypatch):
    import importlib.metadata

    library = _c_lib._get_library().mts_version().decode()
    try:
        expected = importlib.metadata.version("metatensor-core")
    except importlib.metadata.PackageNotFoundError:
        expected = library
    assert metatensor.__version__ == expected

    monkeypatch.setattr(_version, "release_version", lambda: None)
    assert _version.version() == library


@pytest.mark.parametrize(
    ("first", "second", "compatible"),
    [
        ("0.2.100", "0.2.6", True),
        ("0.2.100", "0.2.100-rc1+git", True),
        ("0.2.100", "0.3.0", False),
        ("1.2.0", "1.7.3", True),
        ("1.2.0", "2.2.0", False),
    ],
)
def test_version_check(monkeypatch, first, second, compatible):
    monkeypatch.setattr(_c_lib, "release_version", lambda: first)
    if compatible:
        _c_lib._check_version(second, "some/path")
    else:
        with pytest.raises(RuntimeError) as error:
            _c_lib._check_version(second, "some/path")
        for text in (first, second, "some/path"):
            assert text in str(error.value)


def test_invalid_version(monkeypatch):
    monkeypatch.setattr(_c_lib, "release_version", lambda: "0.2.0")
    with pytest.raises(RuntimeError, match="'what'"):
        _c_lib._check_version("what", "some/path")


def test_loaded_path():
    _c_lib._get_library()
    path = _loaded.loaded_library_path(_c_lib._library_name())
    assert path is not None
    assert os.path.isfile(path)
    assert _loaded.loaded_library_path("libthere-is-no-such-library.so") is None


def test_missing_library(monkeypatch, tmp_path):
    monkeypatch.setattr(_c_lib, "_prefix", lambda: str(tmp_path))
    monkeypatch.setattr(_loaded, "loaded_library_path", lambda name: None)
    with pytest.raises(ImportError, match=str(tmp_path)):
        _c_lib._load_library()


def test_invalid_library(monkeypatch, tmp_path):
    path = tmp_path / "not-a-library.so"
    path.write_bytes(b"this is not a library")
    monkeypatch.setattr(_c_lib, "_lib_path", lambda: str(path))
    monkeypatch.setattr(_loaded, "loaded_library_path", lambda name: None)
    with pytest.raises(ImportError, match="not-a-library"):
        _c_lib._load_library()


def test_already_loaded_library_is_used(tmp_path):
    copied = tmp_path / _c_lib._library_name()
    shutil.copy(_c_lib._lib_path(), copied)
    result = run(
        """
        import ctypes, sys
        first = ctypes.CDLL(sys.argv[1])
        import metatensor
        from metatensor._c_lib import _get_library

        assert _get_library()._handle == first._handle
        assert metatensor.Labels.range("a", 3).position([2]) == 2
        """,
        str(copied),
    )
    assert result.returncode == 0, result.stderr


def test_library_is_found_by_name():
    # this is how other libraries, linked against this one, find it
    result = run(
        """
        import os, sys
        import metatensor
        from metatensor._c_lib import _library_name
        if sys.platform == "linux":
            import ctypes
            ctypes.CDLL(_library_name(), mode=os.RTLD_NOLOAD | os.RTLD_NOW)
        """
    )
    assert result.returncode == 0, result.stderr


def test_shutdown():
    # objects which are still there, or destroyed very late
    result = run(
        """
        import atexit, sys
        import numpy as np
        import metatensor
        from metatensor import Labels

        kept = Labels(["a"], np.arange(1000).reshape(-1, 1))
        cycle = [Labels(["a"], np.arange(1000).reshape(-1, 1))]
        cycle.append(cycle)
        sys.kept = Labels.range("a", 3)
        sys.kept.as_mts_labels_t()
        atexit.register(lambda: Labels.range("a", 3).position([1]))

        class Late:
            def __del__(self, labels=Labels.range("a", 3)):
                labels.position([1])

        sys.late = Late()
        """
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_fork():
    result = run(
        """
        import os
        import numpy as np
        from metatensor import Labels

        labels = Labels(["a"], np.arange(1000).reshape(-1, 1))
        child = os.fork()
        if child == 0:
            ok = labels.position([777]) == 777 and len(labels.union(labels)) == 1000
            os._exit(0 if ok else 1)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == 0
        """
    )
    assert result.returncode == 0, result.stderr
