import ctypes
import gc
import pickle
import sys
import threading
import weakref

import numpy as np
import pytest
from metatensor import Labels, MetatensorError
from metatensor._c_api import mts_array_t, mts_labels_t
from metatensor._c_lib import _get_library
from metatensor._data import create_mts_array
from metatensor._data._array import _cast_to_ctype_functype
from metatensor._handle import _Handle
from metatensor._status import (
    catch_exceptions,
    check_pointer,
    check_status,
    save_exception,
)


class CustomError(Exception):
    pass


def labels_with(function, field):
    """Make the core call ``function`` by creating labels."""
    raw = create_mts_array(np.array([[1], [2]], dtype=np.int32))
    callback = _cast_to_ctype_functype(function, field)
    changed = mts_array_t.from_buffer_copy(raw)
    setattr(changed, field, callback)
    lib = _get_library()
    names = (ctypes.c_char_p * 1)(b"a")
    pointer = lib.mts_labels(names, 1, changed)
    check_pointer(pointer)
    return pointer


def test_error():
    error = MetatensorError("some message")
    assert error.message == "some message"
    assert error.status is None
    assert error.args == ("some message",)
    assert str(error) == "some message"
    error = MetatensorError("some message", 3)
    assert error.status == 3
    assert error.args == ("some message",)
    assert MetatensorError.__module__ == "metatensor"
    assert issubclass(MetatensorError, Exception)

    copied = pickle.loads(pickle.dumps(error))
    assert (copied.message, copied.status) == ("some message", 3)


def test_status_of_the_library():
    lib = _get_library()
    buffer = ctypes.create_string_buffer(1)
    with pytest.raises(MetatensorError) as error:
        lib.mts_get_data_origin(0, buffer, 1)
    assert error.value.status == 4

    labels = Labels(["a"], np.array([[0], [1]]))
    with pytest.raises(MetatensorError) as error:
        labels.union(Labels(["b"], np.array([[0], [1]])))
    assert error.value.status == 1
    assert error.value.message == str(error.value) != ""


def test_check():
    check_status(0)
    with pytest.raises(MetatensorError):
        check_status(1)
    with pytest.raises(MetatensorError):
        check_pointer(ctypes.POINTER(mts_labels_t)())
    check_pointer(Labels.range("a", 3).as_mts_labels_t())


@pytest.mark.parametrize(
    "exception",
    [
        CustomError("ünïcode", 3),
        KeyboardInterrupt(),
        SystemExit(3),
        KeyError("a\0b"),
        MemoryError(),
    ],
    ids=lambda e: type(e).__name__,
)
@pytest.mark.parametrize("field", ["shape", "as_dlpack"])
def test_same_exception(exception, field):
    exception.attribute = "kept"

    @catch_exceptions
    def fail(*_args):
        raise exception

    with pytest.raises(type(exception)) as error:
        labels_with(fail, field)
    assert error.value is exception
    assert error.value.attribute == "kept"
    names = [entry.name for entry in error.traceback]
    assert "fail" in names
    exception.__traceback__ = None


def test_exceptions_are_released():
    class Marker:
        pass

    def use():
        marker = Marker()

        @catch_exceptions
        def fail(*_args):
            error = CustomError()
            error.marker = marker
            raise error

        with pytest.raises(CustomError):
            labels_with(fail, "shape")
        return weakref.ref(marker)

    reference = use()
    gc.collect()
    assert reference() is None


def test_replaced_exceptions_are_released():
    error = CustomError()
    count = sys.getrefcount(error)
    save_exception(error)
    assert sys.getrefcount(error) == count + 1
    save_exception(ValueError("other"))
    assert sys.getrefcount(error) == count
    with pytest.raises(ValueError, match="other"):
        check_status(254)


@pytest.mark.parametrize("previous", [CustomError("stale"), MetatensorError("stale")])
def test_no_stale_error(previous):
    save_exception(previous)
    with pytest.raises(type(previous)):
        check_status(254)

    def fail(*_args):
        return 7  # without saying why

    with pytest.raises(MetatensorError) as error:
        labels_with(fail, "as_dlpack")
    assert "stale" not in str(error.value)

    with pytest.raises(MetatensorError, match="no error message"):
        check_status(1)


def test_callback_status():
    assert catch_exceptions(lambda: None)() == 0
    assert catch_exceptions(lambda: 3)() == 3
    assert catch_exceptions(lambda x, y: x + y)(1, y=2) == 3

    def documented():
        """Some text."""

    assert catch_exceptions(documented).__doc__ == "Some text."


def test_error_in_exception_text():
    class Unprintable(Exception):
        def __str__(self):
            raise ValueError("no text")

    error = Unprintable()
    save_exception(error)
    with pytest.raises(Unprintable) as raised:
        check_status(254)
    assert raised.value is error


def test_other_origins():
    # errors of other languages are given as their message
    lib = _get_library()
    deleter = ctypes.CFUNCTYPE(None, ctypes.c_void_p)()
    lib.mts_set_last_error(b"from C++", b"C++ exception", 0x1234, deleter)
    with pytest.raises(MetatensorError, match=r"from C\+\+") as error:
        check_status(254)
    assert error.value.status == 254


def test_threads():
    start = threading.Barrier(8)
    failures = []

    def work(index):
        start.wait()
        try:
            for i in range(50):
                error = CustomError(index, i)

                @catch_exceptions
                def fail(*_args, error=error):
                    raise error

                with pytest.raises(CustomError) as raised:
                    labels_with(fail, "shape")
                assert raised.value is error
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


# ---------------------------------------------------------------------------- handles
def new_pointer():
    return Labels.range("a", 3).release()


def test_handle():
    pointer = new_pointer()
    handle = _Handle(pointer, "mts_labels_free")
    assert handle
    assert handle.ptr is pointer
    assert not handle.is_view
    assert handle.release() is pointer
    assert not handle
    for use in (lambda: handle.ptr, handle.release):
        with pytest.raises(RuntimeError, match="released"):
            use()
    _get_library().mts_labels_free(pointer)


@pytest.mark.parametrize("kind", ["mts_block_free", "mts_tensormap_free"])
def test_released_blocks(kind):
    pointer = new_pointer()
    handle = _Handle(pointer, kind)
    handle.release()
    with pytest.raises(ValueError, match="released or moved"):
        handle.ptr
    _get_library().mts_labels_free(pointer)


def test_view_handle():
    labels = Labels.range("a", 3)
    view = _Handle(labels.as_mts_labels_t(), "mts_labels_free", parent=labels)
    assert view.is_view
    assert view.parent is labels
    with pytest.raises(RuntimeError, match="view"):
        view.release()
    del view
    assert labels.position([1]) == 1


def test_half_constructed():
    with pytest.raises(AssertionError, match="NULL"):
        _Handle(ctypes.POINTER(mts_labels_t)(), "mts_labels_free")
    with pytest.raises(AttributeError):
        _Handle(new_pointer(), "no_such_function")
    handle = _Handle.__new__(_Handle)
    handle.__del__()
