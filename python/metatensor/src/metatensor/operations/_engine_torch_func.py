"""Array functions on torch tensors inside of the transformations of ``torch.func``.

``vmap`` has no rules for the functions of torch on lists, so these work on one array after
the other. Everything else is in ``_engine_torch``.
"""

from __future__ import annotations

from typing import Any, List

from torch import Tensor

from . import _engine_torch
from ._engine_torch import _inexact


def __getattr__(name: str) -> Any:
    return getattr(_engine_torch, name)


def foreach_add(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """``a[i] + b[i]``."""
    return [x + y for x, y in zip(a, b)]


def foreach_subtract(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """``a[i] + (-1.0) * b[i]``: the difference of two integer arrays is not an integer."""
    return [x - y if _inexact(x) or _inexact(y) else x + -1.0 * y for x, y in zip(a, b)]


def foreach_multiply(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """``a[i] * b[i]``."""
    return [x * y for x, y in zip(a, b)]


def foreach_divide(a: List[Tensor], b: List[Tensor]) -> List[Tensor]:
    """``a[i] / b[i]``."""
    return [x / y for x, y in zip(a, b)]


def foreach_add_scalar(a: List[Tensor], scalar: float) -> List[Tensor]:
    """``a[i] + scalar``."""
    return [x + scalar for x in a]


def foreach_multiply_scalar(a: List[Tensor], scalar: float) -> List[Tensor]:
    """``scalar * a[i]``."""
    return [x * scalar for x in a]


def foreach_divide_scalar(a: List[Tensor], scalar: float) -> List[Tensor]:
    """``a[i] / scalar``."""
    return [x / scalar for x in a]


def foreach_pow_scalar(a: List[Tensor], exponent: float) -> List[Tensor]:
    """``a[i] ** exponent``."""
    return [x**exponent for x in a]
