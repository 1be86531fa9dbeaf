"""Types the operations are written for, plain flavour.

The torch flavour has a module of the same name with the TorchScript classes.
"""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any, Callable, List, TypeVar, Union

import numpy as np
import numpy.typing as npt

from metatensor import Labels, LabelsEntry, MetatensorError, TensorBlock, TensorMap

if TYPE_CHECKING:
    import torch

    Array = Union[npt.NDArray[Any], torch.Tensor]
    LabelsValues = npt.NDArray[Any]
else:
    # torch must not be imported just because this module is
    Array = np.ndarray
    LabelsValues = np.ndarray

__all__ = [
    "Array",
    "Labels",
    "LabelsEntry",
    "LabelsValues",
    "MetatensorError",
    "Names",
    "TensorBlock",
    "TensorMap",
    "check_type",
    "isinstance_metatensor",
    "raise_core_error",
    "raise_index_error",
    "raise_value_error",
    "torch_jit_annotate",
    "torch_jit_is_scripting",
    "torch_jit_script",
    "warn",
]

#: Names of gradients
Names = Union[List[str], str]

_T = TypeVar("_T")
_F = TypeVar("_F", bound=Callable[..., Any])

_CLASSES = {"Labels": Labels, "TensorBlock": TensorBlock, "TensorMap": TensorMap}


def torch_jit_is_scripting() -> bool:
    """Tell if this code is compiled by TorchScript: never in this flavour."""
    return False


def torch_jit_script(function: _F) -> _F:
    """Compile a function with TorchScript; gives it back unchanged in this flavour."""
    return function


def torch_jit_annotate(the_type: Any, value: _T) -> _T:
    """Tell TorchScript the type of a value; gives the value back in this flavour."""
    return value


def isinstance_metatensor(value: Any, typename: str) -> bool:
    """Tell if this value is an instance of the ``typename`` of this flavour.

    :param typename: one of ``"Labels"``, ``"TensorBlock"`` or ``"TensorMap"``

    Warns when it is the class of the torch flavour instead.
    """
    assert typename in _CLASSES
    if isinstance(value, _CLASSES[typename]):
        return True
    if _is_torch_flavour(value):
        warnings.warn(
            f"the function you called expects a metatensor.{typename}, but got the "
            "TorchScript version of it: use the function of the same name from "
            "metatensor.torch instead",
            stacklevel=3,
        )
    return False


def _is_torch_flavour(value: Any) -> bool:
    torch = sys.modules.get("torch")
    if torch is None or not isinstance(value, torch.ScriptObject):
        return False
    name: str = value._type().qualified_name()
    return name.startswith("__torch__.torch.classes.metatensor.")


def check_type(value: Any, argument: str, typename: str, function: str) -> None:
    """Check the class of an argument of an operation.

    :raises TypeError: if it is not an instance of ``typename``
    """
    if not isinstance_metatensor(value, typename):
        raise TypeError(
            f"`{argument}` must be a metatensor {typename} in `{function}`, not {type(value)}"
        )


def raise_core_error(message: str) -> None:
    """Raise the error of the core library for objects which are not valid."""
    raise MetatensorError(message)


def raise_value_error(message: str) -> None:
    """Raise a ValueError, which is a RuntimeError in TorchScript if labels raise it there."""
    raise ValueError(message)


def raise_index_error(message: str) -> None:
    """Raise an IndexError, which is a RuntimeError in TorchScript."""
    raise IndexError(message)


def warn(message: str) -> None:
    """Emit a UserWarning on behalf of an operation."""
    warnings.warn(message, UserWarning, stacklevel=3)
