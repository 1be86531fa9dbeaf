"""The functions which compare two objects."""

from __future__ import annotations

from typing import Any

from .._arrays._registry import type_name
from ._comparison import Comparison


def assert_equal(
    actual: Any,
    expected: Any,
    *,
    equal_nan: bool = True,
    check_dtype: bool = True,
    check_arrays: bool = False,
    check_info: bool = True,
) -> None:
    """Check that two sets of labels, two blocks or two maps are exactly the same.

    Everything is compared: names, entries and their order, dtypes, values, gradients
    (whatever their order) and the info of maps. Both classes of
    :py:mod:`metatensor` and of :py:mod:`metatensor.torch` can be compared.

    >>> from metatensor import Labels
    >>> from metatensor.testing import assert_equal
    >>> assert_equal(Labels.range("atom", 3), Labels.range("atom", 3))
    >>> assert_equal(Labels.range("atom", 2), Labels.range("atom", 3))
    Traceback (most recent call last):
    ...
    AssertionError: the Labels are not equal
      the number of entries differs: got 2, expected 3
      the first missing entry is (atom=2)

    :param actual: Labels, TensorBlock or TensorMap to check
    :param expected: what it should be
    :param equal_nan: is NaN equal to NaN?
    :param check_dtype: do dtypes have to be the same, or only the values?
    :param check_arrays: do values have to be arrays of the same library, on the same
        device?
    :param check_info: does the info of maps have to be the same?
    :raises AssertionError: if there is a difference, telling where the first one is
    :raises TypeError: if ``expected`` is something else than labels, block or map
    """
    comparison = Comparison(
        exact=True,
        equal_nan=equal_nan,
        check_dtype=check_dtype,
        check_arrays=check_arrays,
        check_info=check_info,
    )
    _compare(comparison, actual, expected, "equal")


def assert_allclose(
    actual: Any,
    expected: Any,
    *,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = True,
    check_dtype: bool = True,
    check_arrays: bool = False,
    check_info: bool = True,
) -> None:
    """Check that two blocks or two maps have the same labels, and almost the same values.

    Values are close if ``abs(actual - expected) <= atol + rtol * abs(expected)``. Labels
    are compared as with :py:func:`assert_equal`.

    >>> import numpy as np
    >>> from metatensor import Labels, TensorBlock
    >>> from metatensor.testing import assert_allclose
    >>> def block(value):
    ...     return TensorBlock(
    ...         np.array([[1.0, value]]), Labels.range("atom", 1), [], Labels.range("n", 2)
    ...     )
    >>> assert_allclose(block(2.0 + 1e-12), block(2.0))
    >>> assert_allclose(block(2.5), block(2.0))
    Traceback (most recent call last):
    ...
    AssertionError: the TensorBlocks are not close (rtol=1e-07, atol=1e-07)
      in the values
      at sample 0 (atom=0), property 1 (n=1): got 2.5, expected 2.0
      1 of 2 values differ, by up to 0.5

    :param actual: Labels, TensorBlock or TensorMap to check
    :param expected: what it should be
    :param rtol: relative tolerance. By default 1e-7 for 64-bit floating point numbers,
        1.3e-6 for 32 bits, 1e-3 for float16, 1.6e-2 for bfloat16, 0 for anything else
    :param atol: absolute tolerance. By default 1e-7 for 64-bit floating point numbers,
        1e-5 for smaller ones, 0 for anything else
    :param equal_nan: is NaN close to NaN?
    :param check_dtype: do dtypes have to be the same, or only the values?
    :param check_arrays: do values have to be arrays of the same library, on the same
        device?
    :param check_info: does the info of maps have to be the same?
    :raises AssertionError: if there is a difference, telling where the first one is
    :raises TypeError: if ``expected`` is something else than labels, block or map
    """
    comparison = Comparison(
        exact=False,
        rtol=rtol,
        atol=atol,
        equal_nan=equal_nan,
        check_dtype=check_dtype,
        check_arrays=check_arrays,
        check_info=check_info,
    )
    _compare(comparison, actual, expected, "close")


def _compare(comparison: Comparison, actual: Any, expected: Any, relation: str) -> None:
    __tracebackhide__ = True
    kind = _kind(expected)
    if kind is None:
        raise TypeError(
            f"`expected` must be Labels, a TensorBlock or a TensorMap, got {type_name(expected)}"
        )
    if _kind(actual) != kind:
        raise AssertionError(f"expected a {kind} object, got {type_name(actual)}")

    lines = {
        "Labels": comparison.labels,
        "TensorBlock": comparison.block,
        "TensorMap": comparison.map,
    }[kind](actual, expected)
    if lines:
        plural = kind if kind == "Labels" else f"{kind}s"
        first = f"the {plural} are not {relation}{comparison.tolerances_text()}"
        raise AssertionError("\n  ".join([first, *lines]))


def _kind(value: Any) -> str | None:
    # the classes of metatensor.torch have the same methods, but no common base class
    if hasattr(value, "keys_to_properties"):
        return "TensorMap"
    if hasattr(value, "add_gradient"):
        return "TensorBlock"
    if hasattr(value, "union_and_mapping"):
        return "Labels"
    return None
