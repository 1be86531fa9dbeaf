"""Looking for shared libraries which are already mapped in this process."""

import ctypes
import os
import sys
from typing import Any, Iterator, Optional


def loaded_library_path(name: str) -> Optional[str]:
    """Path of the library with the file name ``name`` mapped in this process.

    :param name: file name of the library, without folder
    :returns: ``None`` if there is no such library
    """
    if sys.platform == "win32":
        return _windows_path(name)

    paths = _darwin_paths() if sys.platform == "darwin" else _elf_paths()
    for path in paths:
        if os.path.basename(path) == name:
            return path
    return None


class _ElfInfo(ctypes.Structure):
    """Start of ``dl_phdr_info``: the other fields are not needed."""

    _fields_ = [("dlpi_addr", ctypes.c_void_p), ("dlpi_name", ctypes.c_char_p)]


def _elf_paths() -> list[str]:
    paths: list[str] = []

    def add(info: Any, _size: int, _data: Any) -> int:
        paths.append(os.fsdecode(info.contents.dlpi_name or b""))
        return 0

    callback_t = ctypes.CFUNCTYPE(
        ctypes.c_int, ctypes.POINTER(_ElfInfo), ctypes.c_size_t, ctypes.c_void_p
    )
    # PyDLL, since the callback runs with a lock of the dynamic linker: waiting there
    # for the interpreter lock could be waiting for ever
    iterate = ctypes.PyDLL(None).dl_iterate_phdr
    iterate.argtypes = [callback_t, ctypes.c_void_p]
    iterate.restype = ctypes.c_int
    iterate(callback_t(add), None)
    return paths


def _darwin_paths() -> Iterator[str]:
    dyld = ctypes.CDLL(None)
    dyld._dyld_image_count.restype = ctypes.c_uint32
    dyld._dyld_get_image_name.argtypes = [ctypes.c_uint32]
    dyld._dyld_get_image_name.restype = ctypes.c_char_p
    for index in range(dyld._dyld_image_count()):
        name = dyld._dyld_get_image_name(index)
        if name is not None:
            yield os.fsdecode(name)


if sys.platform == "win32":

    def _windows_path(name: str) -> Optional[str]:
        kernel = ctypes.windll.kernel32
        kernel.GetModuleHandleW.argtypes = [ctypes.c_wchar_p]
        kernel.GetModuleHandleW.restype = ctypes.c_void_p
        kernel.GetModuleFileNameW.argtypes = [
            ctypes.c_void_p,
            ctypes.c_wchar_p,
            ctypes.c_uint32,
        ]
        module = kernel.GetModuleHandleW(name)
        if not module:
            return None
        path = ctypes.create_unicode_buffer(32768)
        kernel.GetModuleFileNameW(module, path, len(path))
        return path.value
