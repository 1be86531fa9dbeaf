"""Data origins: identifiers of the implementations of arrays."""

import ctypes

from .._c_api import MTS_BUFFER_SIZE_ERROR, mts_array_t, mts_data_origin_t
from .._c_lib import _get_library
from .._status import MetatensorError

_IDS: dict[str, int] = {}


def register_origin(name: str) -> int:
    """Get the identifier of the origin ``name``, registering it if needed."""
    identifier = _IDS.get(name)
    if identifier is None:
        origin = mts_data_origin_t()
        _get_library().mts_register_data_origin(name.encode("utf8"), origin)
        identifier = _IDS.setdefault(name, origin.value)
    return identifier


def data_origin(array: mts_array_t) -> int:
    """Get the identifier of the data origin of an array.

    :param array: array of any origin
    """
    from .._status import check_status

    origin = mts_data_origin_t()
    check_status(array.origin(array.ptr, origin))
    return int(origin.value)


def data_origin_name(origin: int) -> str:
    """Get the name of a data origin.

    :param origin: identifier given by :py:func:`data_origin`
    """
    lib = _get_library()
    size = 64
    while True:
        buffer = ctypes.create_string_buffer(size)
        try:
            lib.mts_get_data_origin(origin, buffer, size)
        except MetatensorError as error:
            if error.status != MTS_BUFFER_SIZE_ERROR:
                raise
            size *= 2
        else:
            return buffer.value.decode("utf8")
