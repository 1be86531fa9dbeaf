"""Operators of blocks and maps, which are functions of ``metatensor.operations``."""

from __future__ import annotations

import numbers
from types import ModuleType
from typing import TYPE_CHECKING, Any

from ._arrays import find_engine

if TYPE_CHECKING:
    from ._tensor import TensorMap


def operations() -> ModuleType:
    """Get ``metatensor.operations``.

    :raises ImportError: if it is not installed
    """
    try:
        from . import operations as module
    except ImportError as error:
        raise ImportError(
            "operators on metatensor objects need the operations, please install "
            "them with `pip install metatensor-operations`"
        ) from error
    return module


def _is_scalar(other: object) -> bool:
    return isinstance(other, numbers.Number) or (
        find_engine(other) is not None and getattr(other, "ndim", None) == 0
    )


class MapOperators:
    """Operators of :py:class:`metatensor.TensorMap`."""

    __slots__ = ()

    __hash__ = None  # type: ignore[assignment]

    # numpy must let us handle `numpy.float64(2) * tensor`
    __array_ufunc__ = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MapOperators):
            return NotImplemented
        return bool(operations().equal(self, other))

    def __ne__(self, other: object) -> bool:
        if not isinstance(other, MapOperators):
            return NotImplemented
        return not operations().equal(self, other)

    def __add__(self, other: Any) -> TensorMap:
        return self._apply("add", other)

    def __radd__(self, other: Any) -> TensorMap:
        return self._apply("add", other)

    def __sub__(self, other: Any) -> TensorMap:
        return self._apply("subtract", other)

    def __rsub__(self, other: Any) -> TensorMap:
        if not _is_scalar(other):
            return NotImplemented
        negated: TensorMap = -self
        result: TensorMap = negated + other
        return result

    def __mul__(self, other: Any) -> TensorMap:
        return self._apply("multiply", other)

    def __rmul__(self, other: Any) -> TensorMap:
        return self._apply("multiply", other)

    def __matmul__(self, other: Any) -> TensorMap:
        if not isinstance(other, MapOperators):
            return NotImplemented
        result: TensorMap = operations().dot(self, other)
        return result

    def __truediv__(self, other: Any) -> TensorMap:
        return self._apply("divide", other)

    def __pow__(self, other: Any) -> TensorMap:
        if not _is_scalar(other):
            return NotImplemented
        return self._apply("pow", other)

    def __neg__(self) -> TensorMap:
        return self._apply("multiply", -1)

    def __pos__(self) -> TensorMap:
        return self  # type: ignore[return-value]

    def _apply(self, name: str, other: Any) -> TensorMap:
        if not (isinstance(other, MapOperators) or _is_scalar(other)):
            return NotImplemented  # type: ignore[no-any-return]
        result: TensorMap = getattr(operations(), name)(self, other)
        return result
