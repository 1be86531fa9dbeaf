"""Global metadata of tensor maps."""

from __future__ import annotations

import ctypes
from typing import Any

from ._arrays._registry import type_name
from ._block_data import c_strings
from ._c_lib import _get_library
from ._handle import _Handle


class MapInfo:
    """Strings associated with strings.

    They are in Python until the map has a C handle, and what is in C counts from there
    on: those who use the handle can change it.
    """

    __slots__ = ("_values",)

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def set(self, handle: _Handle | None, key: str, value: str) -> None:
        """Set or replace a value."""
        c_key = _encode(key, "key")
        c_value = _encode(value, "value")
        if handle is None:
            self._values[key] = value
        else:
            _get_library().mts_tensormap_set_info(handle.ptr, c_key, c_value)

    def get(self, handle: _Handle | None, key: str) -> str | None:
        """Get a value, or ``None``."""
        c_key = _encode(key, "key")
        if handle is None:
            return self._values.get(key)
        value = ctypes.c_char_p()
        _get_library().mts_tensormap_get_info(handle.ptr, c_key, value)
        return None if value.value is None else value.value.decode("utf8", "replace")

    def all(self, handle: _Handle | None) -> dict[str, str]:
        """Get everything, in the order of first insertion."""
        if handle is None:
            return dict(self._values)
        keys = c_strings(_get_library().mts_tensormap_info_keys, handle.ptr)
        return {key: self.get(handle, key) or "" for key in keys}

    def copy_to(self, handle: _Handle) -> None:
        """Put everything in a new handle."""
        for key, value in self._values.items():
            self.set(handle, key, value)


def _encode(string: Any, what: str) -> bytes:
    if not isinstance(string, str):
        raise TypeError(
            f"the {what} of the info of a TensorMap must be a string, got {type_name(string)}"
        )
    if "\0" in string:
        raise ValueError(
            f"the {what} of the info of a TensorMap can not contain NUL characters, got {string!r}"
        )
    return string.encode("utf8")
