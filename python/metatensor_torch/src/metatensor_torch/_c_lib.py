"""Finding and loading the extension library."""

import glob
import importlib.util
import os
import re
import struct
import sys

import metatensor
import torch
from metatensor._c_lib import _get_library
from metatensor._loaded import loaded_library_path

from ._version import (
    BUILD_METATENSOR_CORE_VERSION,
    _parse_version,
    _release_version,
)

_HERE = os.path.dirname(os.path.realpath(__file__))

_FROM_SOURCE = (
    "You can compile metatensor-torch for your version of torch with `pip install "
    "--no-build-isolation --no-binary=metatensor-torch metatensor-torch`"
)


def _check_core_version() -> None:
    """Check that the binary interface of metatensor-core is the one we know.

    :raises ImportError: if it is not
    """
    core = metatensor.__version__
    if _parse_version(core) != _parse_version(BUILD_METATENSOR_CORE_VERSION):
        raise ImportError(
            f"metatensor-torch was built for metatensor-core "
            f"v{BUILD_METATENSOR_CORE_VERSION}, but the installed version is v{core}: they do "
            "not have the same binary interface and can not be used together"
        )


def _torch_folder() -> str:
    """Folder with the build for the version of torch in this process."""
    return os.path.join(_HERE, f"torch-{_parse_version(torch.__version__)}")


def _external(name: str) -> str | None:
    """Value set by a build against a library which is installed somewhere else."""
    path = os.path.join(_torch_folder(), "_external.py")
    if not os.path.isfile(path):
        return None
    # not importable the usual way: the name of the folder contains a dot
    spec = importlib.util.spec_from_file_location("metatensor_torch._external", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(getattr(module, name))


def _library_name() -> str:
    if sys.platform.startswith("win"):
        return "metatensor_torch.dll"
    if sys.platform == "darwin":
        return "libmetatensor_torch.dylib"
    return "libmetatensor_torch.so"


def _lib_path() -> str:
    """Absolute path of the extension for the version of torch in this process.

    :raises ImportError: if there is none
    """
    external = _external("EXTERNAL_METATENSOR_TORCH_PATH")
    if external is not None:
        return external

    folder = _torch_folder()
    if not os.path.isdir(folder):
        raise ImportError(
            f"this process uses torch v{torch.__version__}, but metatensor-torch is only "
            f"available for {_available_versions()}. {_FROM_SOURCE}"
        )
    subfolder = "bin" if sys.platform.startswith("win") else "lib"
    path = os.path.join(folder, subfolder, _library_name())
    if not os.path.isfile(path):
        raise ImportError(f"could not find the metatensor-torch library at '{path}'")
    if sys.platform.startswith("win"):
        _check_dll(path)
    return path


def _available_versions() -> str:
    folders = glob.glob(os.path.join(glob.escape(_HERE), "torch-*"))
    versions = sorted(_parse_version(os.path.basename(path)[len("torch-") :]) for path in folders)
    if len(versions) == 0:
        return "no version of torch"
    return "torch v" + ", v".join(str(version) for version in versions)


def _check_dll(path: str) -> None:
    """Check that a library was compiled for the machine type of this interpreter."""
    machine_types = {0x014C: 32, 0x8664: 64, 0xAA64: 64}
    with open(path, "rb") as file:
        header = file.read(4096)
    (offset,) = struct.unpack_from("<I", header, 0x3C)
    (machine,) = struct.unpack_from("<H", header, offset + 4)
    bits = 8 * struct.calcsize("P")
    if machine_types.get(machine) != bits:
        raise ImportError(
            f"the library at '{path}' was compiled for the machine type {machine:#06x}, which is "
            f"not the one of this {bits}-bit Python interpreter"
        )


def _load_library() -> None:
    """Load metatensor-core, then the extension, unless they already are.

    :raises ImportError: if this is not possible
    """
    _get_library()  # the extension finds its symbols in the library which is loaded now
    # a second copy would register the same classes again, which ends the process
    if loaded_library_path(_library_name()) is None:
        path = _lib_path()
        try:
            torch.ops.load_library(path)
        except OSError as error:
            if re.search("undefined symbol|symbol not found|procedure could not", str(error)):
                raise ImportError(
                    f"the metatensor-torch library at '{path}' does not fit this torch "
                    f"v{torch.__version__}, which comes from another source than the one it was "
                    f"compiled with. {_FROM_SOURCE}"
                ) from error
            raise ImportError(f"could not load the library at '{path}': {error}") from error
    _check_library_version(torch.ops.metatensor.version())


def _check_library_version(library: str) -> None:
    package = _release_version()
    if package is not None and _parse_version(package) != _parse_version(library):
        raise ImportError(
            f"the metatensor-torch package has version {package}, but the library which is loaded "
            f"has version {library}: they are not compatible"
        )
