"""Errors of the C library, and Python exceptions travelling through it."""

import ctypes
import functools
from typing import Any, Callable, Optional, ParamSpec

P = ParamSpec("P")

#: Origin string of errors whose data is a Python exception, shared with other packages
PYTHON_EXCEPTION_ORIGIN = b"Python exception"

_SUCCESS = 0
_CALLBACK_ERROR = 254


class MetatensorError(Exception):
    """Error reported by the metatensor library.

    :param message: text describing the error
    :param status: status code of the function which failed, or ``None`` if this
        function does not return a status
    """

    message: str
    status: Optional[int]

    def __init__(self, message: str, status: Optional[int] = None) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


MetatensorError.__module__ = "metatensor"


_DATA_DELETER = ctypes.CFUNCTYPE(None, ctypes.c_void_p)
_NO_DELETER = _DATA_DELETER()

_incref = ctypes.pythonapi.Py_IncRef
_incref.argtypes = [ctypes.py_object]
_incref.restype = None
_decref = ctypes.pythonapi.Py_DecRef
_decref.argtypes = [ctypes.c_void_p]
_decref.restype = None


def _drop_reference(data: Optional[int]) -> None:
    if data is not None:
        _decref(data)


_drop_exception = _DATA_DELETER(_drop_reference)


def check_status(status: int) -> None:
    """Raise the last error of this thread unless ``status`` is a success.

    :param status: status code returned by a function of the C API
    :raises MetatensorError: for errors of the library itself
    :raises BaseException: the very exception raised by a Python callback
    """
    if status != _SUCCESS:
        raise _take_last_error(status)


def check_pointer(pointer: Any) -> None:
    """Raise the last error of this thread if ``pointer`` is NULL.

    :param pointer: ctypes pointer returned by a function of the C API
    :raises MetatensorError: for errors of the library itself
    :raises BaseException: the very exception raised by a Python callback
    """
    if not pointer:
        raise _take_last_error(None)


def save_exception(exception: BaseException) -> None:
    """Store ``exception`` as the last error of this thread.

    The error record owns one reference to ``exception`` until it is replaced.
    """
    from ._c_lib import _get_library

    try:
        text = f"{type(exception).__name__}: {exception}"
    except Exception:  # noqa: BLE001 - the text is only for other languages
        text = type(exception).__name__
    _incref(exception)
    _get_library().mts_set_last_error(
        text.encode("utf8", "replace").replace(b"\0", b"\\0"),
        PYTHON_EXCEPTION_ORIGIN,
        id(exception),
        _drop_exception,
    )


def catch_exceptions(function: Callable[P, Optional[int]]) -> Callable[P, int]:
    """Make a callback of the C API out of a Python function.

    The returned function gives the status returned by ``function`` (``None`` is a
    success). If ``function`` raises, the exception is stored in the error record of
    the library, to come out as the same object of the outermost Python call.
    """

    @functools.wraps(function)
    def inner(*args: P.args, **kwargs: P.kwargs) -> int:
        try:
            status = function(*args, **kwargs)
        except BaseException as exception:  # noqa: BLE001 - it goes on in the caller
            save_exception(exception)
            return _CALLBACK_ERROR
        return _SUCCESS if status is None else status

    return inner


def _take_last_error(status: Optional[int]) -> BaseException:
    """Get the last error of this thread as an exception, and clear the record."""
    from ._c_lib import _get_library

    lib = _get_library()
    message = ctypes.c_char_p()
    origin = ctypes.c_char_p()
    data = ctypes.c_void_p()
    lib.mts_last_error(message, origin, data)

    exception: BaseException
    if origin.value == PYTHON_EXCEPTION_ORIGIN and data.value is not None:
        exception = ctypes.cast(data, ctypes.py_object).value
    else:
        text = (message.value or b"").decode("utf8", "replace")
        exception = MetatensorError(text or "no error message was provided", status)

    # A later callback which fails without a message must not show this error again
    lib.mts_set_last_error(b"", b"", None, _NO_DELETER)
    return exception
