"""Finding and loading the C library."""

import contextlib
import ctypes
import importlib
import os
import re
import sys
import threading
from typing import Optional

from ._c_api import setup_functions
from ._version import release_version

_HERE = os.path.dirname(os.path.realpath(__file__))
_LOCK = threading.Lock()
_LIBRARY: Optional[ctypes.CDLL] = None


def _get_library() -> ctypes.CDLL:
    """Get the C library, loaded once, with all its functions declared.

    :raises ImportError: if the library can not be found or loaded
    :raises RuntimeError: if the version of the library is not compatible with this
        package
    """
    global _LIBRARY  # noqa: PLW0603 - one library per process
    if _LIBRARY is None:
        with _LOCK:
            if _LIBRARY is None:
                _LIBRARY = _load_library()
    return _LIBRARY


def _preload() -> None:
    """Load the C library if this is possible; otherwise its first use will fail."""
    with contextlib.suppress(ImportError, RuntimeError):
        _get_library()


def _library_name() -> str:
    if sys.platform.startswith("win"):
        return "metatensor.dll"
    if sys.platform == "darwin":
        return "libmetatensor.dylib"
    return "libmetatensor.so"


def _external_prefix() -> Optional[str]:
    """Installation prefix of the library this package was built against, if any."""
    try:
        # written by the build
        module = importlib.import_module("._external", __package__)
    except ImportError:
        return None
    return str(module.EXTERNAL_METATENSOR_PREFIX)


def _prefix() -> str:
    return _external_prefix() or _HERE


def _lib_path() -> str:
    """Absolute path of the packaged library."""
    folder = "bin" if sys.platform.startswith("win") else "lib"
    return os.path.join(_prefix(), folder, _library_name())


def _load_library() -> ctypes.CDLL:
    from ._loaded import loaded_library_path

    # Another package may have loaded its own copy. The error record and the table of
    # origins are global to a copy, so there must be one.
    path = loaded_library_path(_library_name())
    if path is None:
        path = _lib_path()
        if not os.path.isfile(path):
            raise ImportError(f"could not find the metatensor library at '{path}'")

    try:
        lib = ctypes.CDLL(path)
    except OSError as error:
        hint = ""
        if getattr(error, "winerror", None) == 193:
            hint = " (its architecture is not the one of this Python interpreter)"
        raise ImportError(
            f"could not load the metatensor library at '{path}'{hint}: {error}"
        ) from error

    setup_functions(lib)
    lib.mts_disable_panic_printing()
    _check_version(lib.mts_version().decode("utf8"), path)
    return lib


def _check_version(library: str, path: str) -> None:
    package = release_version()
    if package is None:
        return
    if _compatible_version(package) != _compatible_version(library):
        raise RuntimeError(
            f"the metatensor package has version {package}, but the metatensor "
            f"library loaded from '{path}' has version {library}: they are not "
            "compatible"
        )


def _compatible_version(version: str) -> tuple[int, ...]:
    """Leading numbers which must be equal: major, and minor before version one."""
    match = re.match(r"(\d+)\.(\d+)", version)
    if match is None:
        raise RuntimeError(f"'{version}' is not a valid version for metatensor")
    major, minor = int(match[1]), int(match[2])
    return (major,) if major > 0 else (major, minor)
