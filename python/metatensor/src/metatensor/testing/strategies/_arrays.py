"""dtypes and values of blocks."""

from __future__ import annotations

import functools
import importlib
from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

T = TypeVar("T")

_FLOATS = ["float64", "float32", "float16"]
_OTHERS = ["int64", "int32", "int16", "int8", "uint8", "bool", "complex128", "complex64"]
#: dtypes which not all libraries have
_SPECIAL = {"numpy": ["uint16", "uint32", "uint64"], "torch": ["bfloat16"]}


def dtypes(engine: str = "numpy", *, floating_point: bool = False) -> st.SearchStrategy[str]:
    """Names of dtypes, such as ``"float64"``.

    :param engine: array library which must have these dtypes
    :param floating_point: only real floating point numbers
    """
    special = _SPECIAL.get(engine, [])
    if floating_point:
        return st.sampled_from(_FLOATS + [name for name in special if "float" in name])
    return st.sampled_from(_FLOATS + _OTHERS + special)


@st.composite
def arrays(
    draw: st.DrawFn,
    shape: Sequence[int],
    dtype: str | st.SearchStrategy[str] = "float64",
    *,
    engine: str | st.SearchStrategy[str] = "numpy",
    elements: st.SearchStrategy[Any] | None = None,
) -> Any:
    """Arrays of a given shape.

    :param shape: size of each axis
    :param dtype: name of the dtype
    :param engine: array library: ``"numpy"``, ``"torch"``, or any name which
        :py:meth:`metatensor.TensorBlock.to` accepts. Import the library before, as
        Hypothesis complains when drawing a value takes seconds.
    :param elements: values of the elements. By default any integer which fits, and
        finite floating point numbers between -1000 and 1000.
    """
    name = draw_or_value(draw, dtype)
    array = draw_numpy(draw, tuple(shape), name, elements)
    return to_engine(array, draw_or_value(draw, engine), name)


def draw_or_value(draw: st.DrawFn, value: T | st.SearchStrategy[T]) -> T:
    """The value itself, or one which is drawn if this is a strategy."""
    if isinstance(value, st.SearchStrategy):
        drawn: T = draw(value)
        return drawn
    return value


def draw_numpy(
    draw: st.DrawFn,
    shape: tuple[int, ...],
    dtype: str,
    elements: st.SearchStrategy[Any] | None,
) -> Any:
    """Values as a numpy array, still in 32 bits if this will be bfloat16."""
    held = np.dtype("float32" if dtype == "bfloat16" else dtype)
    return draw(_numpy_arrays(held, shape, _elements(held) if elements is None else elements))


# making a strategy takes longer than using it
@functools.lru_cache(maxsize=512)
def _numpy_arrays(
    dtype: np.dtype[Any], shape: tuple[int, ...], elements: st.SearchStrategy[Any]
) -> st.SearchStrategy[Any]:
    return nps.arrays(dtype, shape, elements=elements)


@functools.lru_cache
def _elements(dtype: np.dtype[Any]) -> st.SearchStrategy[Any]:
    if dtype.kind == "f":
        return nps.from_dtype(
            dtype,
            min_value=-1000,
            max_value=1000,
            allow_nan=False,
            allow_infinity=False,
            allow_subnormal=False,
        )
    if dtype.kind == "c":
        return nps.from_dtype(
            dtype, max_magnitude=1000, allow_nan=False, allow_infinity=False, allow_subnormal=False
        )
    return nps.from_dtype(dtype)


def to_engine(data: Any, engine: str, dtype: str) -> Any:
    """Arrays, or things made of numpy arrays, with the library and dtype which were requested.

    :param data: numpy array, or something with a method ``to``
    """
    if engine == "numpy":
        if dtype == "bfloat16":
            raise ValueError("numpy does not have the dtype bfloat16")
        return data
    if isinstance(data, np.ndarray):
        from ..._arrays import engine_by_name

        library = engine_by_name(engine)
        data = library.from_numpy(data)
        return data if dtype != "bfloat16" else library.to(data, _bfloat16(engine))
    data = data.to(arrays=engine)
    return data if dtype != "bfloat16" else data.to(dtype=_bfloat16(engine))


def _bfloat16(engine: str) -> Any:
    module = "jax.numpy" if engine == "jax" else engine
    return importlib.import_module(module).bfloat16
