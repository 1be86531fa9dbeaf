"""What runs outside of the transformations and modes of torch.

Inside of ``torch.func`` transformations, everything torch computes becomes part of what is
transformed and has no data of its own; inside of a ``FakeTensorMode`` it has no data at
all. Labels are known at that time, and everything about them is computed outside.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
from collections.abc import Callable, Iterator
from typing import Any, TypeVar, cast

import torch

_F = TypeVar("_F", bound=Callable[..., Any])

# None of this is public in torch, and old releases do not have all of it
_functorch: Any = getattr(torch._C, "_functorch", None)
_current_level: Any = getattr(_functorch, "maybe_current_level", lambda: None)
_number_of_modes: Any = getattr(torch._C, "_len_torch_dispatch_stack", lambda: 0)


def has_modes() -> bool:
    """Whether this runs inside of a transformation or of a mode."""
    return _current_level() is not None or bool(_number_of_modes() != 0)


def in_transform() -> bool:
    """Whether this runs inside of a transformation of ``torch.func``."""
    return _current_level() is not None


def is_fake(tensor: Any) -> bool:
    """Whether this is a fake tensor, which has a device but no data."""
    return type(tensor) is not torch.Tensor and hasattr(tensor, "fake_mode")


def is_transformed(tensor: Any) -> bool:
    """Whether this tensor stands for what a transformation of ``torch.func`` works on."""
    return _functorch is not None and bool(_functorch.is_functorch_wrapped_tensor(tensor))


def check_data(tensor: Any) -> None:
    """Check that a tensor has data.

    :raises ValueError: if it does not
    """
    if tensor.device.type == "meta":
        raise ValueError("can not access the data of a tensor on the meta device")
    if is_fake(tensor):
        raise ValueError("can not access the data of a fake tensor")
    if is_transformed(tensor):
        raise ValueError("can not access the data of a tensor which torch.func transforms")


def constant(tensor: torch.Tensor, like: Any) -> Any:
    """A tensor whose values are known, to compute with ``like`` on its device."""
    if is_fake(like):
        return like.fake_mode.from_tensor(tensor).to(like.device)
    return tensor.to(like.device)


def known(tensor: Any) -> Any:
    """The tensor with data behind one which does not depend on what is transformed.

    :raises TypeError: if the values are not known
    """
    while is_transformed(tensor):
        if not _functorch.is_gradtrackingtensor(tensor):
            raise TypeError(
                "Labels values can not be computed from what torch.func transforms: "
                "they must be known before"
            )
        tensor = _functorch.get_unwrapped(tensor)
    if is_fake(tensor):
        raise TypeError("Labels values can not be fake tensors: they must be known")
    return tensor


@contextlib.contextmanager
def _outside() -> Iterator[None]:
    functorch = importlib.import_module("torch._functorch.pyfunctorch")
    modes = torch.utils._python_dispatch._disable_current_modes()
    with functorch.temporarily_clear_interpreter_stack(), modes:
        yield


def outside() -> contextlib.AbstractContextManager[Any]:
    """Run a block of code outside of all transformations and modes."""
    return _outside() if has_modes() else contextlib.nullcontext()


def runs_outside(function: _F) -> _F:
    """Make a function which runs outside of all transformations and modes."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if not has_modes():
            return function(*args, **kwargs)
        with _outside():
            return function(*args, **kwargs)

    return cast("_F", wrapper)


class Exporter:
    """Exports the data of a tensor outside of all transformations and modes."""

    def __init__(self, tensor: torch.Tensor) -> None:
        self._tensor = tensor

    def __dlpack_device__(self) -> Any:
        return self._tensor.__dlpack_device__()

    @runs_outside
    def __dlpack__(self, **kwargs: Any) -> Any:
        return self._tensor.__dlpack__(**kwargs)
