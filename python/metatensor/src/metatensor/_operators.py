"""Operators of blocks and maps, which are functions of ``metatensor.operations``."""

from __future__ import annotations

import numbers
from types import ModuleType
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from ._arrays import find_engine

if TYPE_CHECKING:
    from ._block import TensorBlock
    from ._tensor import TensorMap

T = TypeVar("T")


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


class _Arithmetic(Generic[T]):
    """Arithmetic operators, with objects of the same kind or with scalars."""

    __slots__ = ()

    __hash__ = None  # type: ignore[assignment]

    # numpy must let us handle `numpy.float64(2) * tensor`
    __array_ufunc__ = None

    def _same_kind(self, other: object) -> bool:
        """Whether this can be an operand together with ``self``."""
        raise NotImplementedError

    def _call(self, name: str, *others: Any) -> T:
        """Result of one of the operations."""
        raise NotImplementedError

    def __add__(self, other: Any) -> T:
        return self._apply("add", other)

    def __radd__(self, other: Any) -> T:
        return self._apply("add", other)

    def __sub__(self, other: Any) -> T:
        return self._apply("subtract", other)

    def __rsub__(self, other: Any) -> T:
        if not _is_scalar(other):
            return NotImplemented
        negated: Any = -self
        return negated + other  # type: ignore[no-any-return]

    def __mul__(self, other: Any) -> T:
        return self._apply("multiply", other)

    def __rmul__(self, other: Any) -> T:
        return self._apply("multiply", other)

    def __matmul__(self, other: Any) -> T:
        if not self._same_kind(other):
            return NotImplemented
        return self._call("dot", other)

    def __truediv__(self, other: Any) -> T:
        return self._apply("divide", other)

    def __rtruediv__(self, other: Any) -> T:
        if not _is_scalar(other):
            return NotImplemented
        inverse: Any = self._call("pow", -1.0)
        return inverse * other  # type: ignore[no-any-return]

    def __pow__(self, other: Any) -> T:
        if not _is_scalar(other):
            return NotImplemented
        return self._apply("pow", other)

    def __neg__(self) -> T:
        return self._apply("multiply", -1)

    def __pos__(self) -> T:
        return self  # type: ignore[return-value]

    def _apply(self, name: str, other: Any) -> T:
        if not (self._same_kind(other) or _is_scalar(other)):
            return NotImplemented  # type: ignore[no-any-return]
        return self._call(name, other)


class MapOperators(_Arithmetic["TensorMap"]):
    """Operators of :py:class:`metatensor.TensorMap`."""

    __slots__ = ()

    __hash__ = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, MapOperators):
            return NotImplemented
        return bool(operations().equal(self, other))

    def __ne__(self, other: object) -> bool:
        if not isinstance(other, MapOperators):
            return NotImplemented
        return not operations().equal(self, other)

    def _same_kind(self, other: object) -> bool:
        return isinstance(other, MapOperators)

    def _call(self, name: str, *others: Any) -> TensorMap:
        result: TensorMap = getattr(operations(), name)(self, *others)
        return result


class BlockOperators(_Arithmetic["TensorBlock"]):
    """Operators of :py:class:`metatensor.TensorBlock`.

    They are those of a map with this block alone.
    """

    __slots__ = ()

    __hash__ = None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BlockOperators):
            return NotImplemented
        return bool(operations().equal_block(self, other))

    def __ne__(self, other: object) -> bool:
        if not isinstance(other, BlockOperators):
            return NotImplemented
        return not operations().equal_block(self, other)

    def _same_kind(self, other: object) -> bool:
        return isinstance(other, BlockOperators)

    def _call(self, name: str, *others: Any) -> TensorBlock:
        from ._labels import Labels
        from ._tensor import TensorMap

        def as_map(operand: Any) -> Any:
            if not isinstance(operand, BlockOperators):
                return operand
            block = cast("TensorBlock", operand)
            return TensorMap(Labels.single(), [block.copy(deep=False)])

        result = getattr(operations(), name)(as_map(self), *[as_map(other) for other in others])
        return TensorMap.block(result, 0).copy(deep=False)
