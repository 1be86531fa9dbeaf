"""The C header, as cffi reads it, and the ctypes declarations describe the same ABI."""

from __future__ import annotations

import ctypes
import re
import subprocess
from pathlib import Path

import cffi
import pytest

ROOT = Path(__file__).resolve().parents[2]
HEADERS = [
    ROOT / "c-api" / "include" / "metatensor" / "dlpack" / "dlpack.h",
    ROOT / "c-api" / "include" / "metatensor.h",
]
# sizes which prebuilt programs were compiled with
SIZES = {
    "mts_array_t": 104,
    "mts_data_movement_t": 40,
    "DLDevice": 8,
    "DLDataType": 4,
    "DLPackVersion": 8,
    "DLTensor": 48,
    "DLManagedTensorVersioned": 80,
}


@pytest.fixture(scope="module")
def ffi() -> cffi.FFI:
    """Declarations of the installed C headers."""
    result = cffi.FFI()
    for header in HEADERS:
        # cffi has no preprocessor, and knows the standard types already
        text = re.sub(r"(?m)^[ \t]*#(.*\\\n)*.*$", "", _c_only(header.read_text()))
        text = re.sub(r"\bDLPACK_(EXTERN_C|DLL)\b", "", text)
        # structs that contain callbacks taking the same struct by value are too much for
        # cffi: only the size of these members matters here
        text = re.sub(
            r"(?<=[;{])(?!\s*typedef)[\w\s]+\*?\s*\(\*\s*(\w+)\)\([^;]*?\);", r" void *\1;", text
        )
        result.cdef(re.sub(r'(?m)^extern "C" \{$|^\}\s*(//.*)?$', "", text))
    return result


def _c_only(text: str) -> str:
    """What a C99 compiler sees of the header, without resolving includes."""
    kept = re.sub(r"(?m)^\s*#\s*include.*$", "", text)
    command = ["cc", "-E", "-P", "-x", "c", "-std=c99", "-"]
    return subprocess.run(command, input=kept, capture_output=True, text=True, check=True).stdout


def _ctypes_name(name: str) -> type[ctypes.Structure]:
    import ctypes_dlpack
    from metatensor import _c_api

    return getattr(_c_api if name.startswith("mts_") else ctypes_dlpack, name)


@pytest.mark.parametrize(("name", "size"), SIZES.items())
def test_sizes(ffi: cffi.FFI, name: str, size: int) -> None:
    assert ffi.sizeof(name) == size
    assert ctypes.sizeof(_ctypes_name(name)) == size


@pytest.mark.parametrize("name", SIZES)
def test_fields(ffi: cffi.FFI, name: str) -> None:
    """Same fields, at the same offsets, in the same order."""
    from_ctypes = _ctypes_name(name)
    expected = [(field, description.offset) for field, description in ffi.typeof(name).fields]
    actual = [(field[0], getattr(from_ctypes, field[0]).offset) for field in from_ctypes._fields_]
    assert actual == expected


def test_functions(ffi: cffi.FFI) -> None:
    """Each function of the header has a ctypes prototype, with as many arguments."""
    from metatensor._c_lib import _get_library

    library = _get_library()
    names = re.findall(r"\b(mts_\w+)\(", _c_only(HEADERS[1].read_text()))
    assert len(names) >= 53
    raw = ffi.dlopen(library._name)
    for name in names:
        function = ffi.typeof(ffi.addressof(raw, name))
        prototype = getattr(library, name).argtypes
        assert prototype is not None, name
        assert len(prototype) == len(function.args), name


def test_version(ffi: cffi.FFI) -> None:
    from metatensor._c_lib import _get_library

    raw = ffi.dlopen(_get_library()._name)
    text = (ROOT / "c-api" / "include" / "metatensor" / "version.h").read_text()
    defined = dict(re.findall(r"#define METATENSOR_VERSION(_\w+)? (\S+)", text))
    assert ffi.string(raw.mts_version()).decode() == defined[""].strip('"')
    numbers = [defined[f"_{part}"] for part in ("MAJOR", "MINOR", "PATCH")]
    assert ".".join(numbers) == defined[""].strip('"')
