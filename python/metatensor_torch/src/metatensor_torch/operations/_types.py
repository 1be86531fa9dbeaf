"""Types the operations are written for, torch flavour.

The plain flavour (``metatensor.operations``) has a module of the same name.
"""

import os
import warnings
from typing import Any, Callable, List, TypeVar

import torch

from .._classes import Labels, LabelsEntry, TensorBlock, TensorMap

Array = torch.Tensor
LabelsValues = torch.Tensor
# TorchScript does not accept an empty list of Python where it could also be something else
Names = List[str]

__all__ = [
    "Array",
    "Labels",
    "LabelsEntry",
    "LabelsValues",
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

_F = TypeVar("_F", bound=Callable[..., Any])

_PREFIX = "__torch__.torch.classes.metatensor."

torch_jit_annotate = torch.jit.annotate

if os.environ.get("METATENSOR_IMPORT_FOR_SPHINX", "0") == "0":
    torch_jit_is_scripting = torch.jit.is_scripting
    torch_jit_script = torch.jit.script
else:

    def torch_jit_is_scripting() -> bool:
        """Tell if this code is compiled by TorchScript: never when making documentation."""
        return False

    def torch_jit_script(function: _F) -> _F:
        """Give the function back, there is no TorchScript when making documentation."""
        return function


def isinstance_metatensor(value: Any, typename: str) -> bool:
    """Tell if this value is an instance of the ``typename`` of this flavour.

    :param typename: one of ``"Labels"``, ``"TensorBlock"`` or ``"TensorMap"``
    """
    assert typename in ("Labels", "TensorBlock", "TensorMap")
    if torch.jit.is_scripting():
        if typename == "Labels":
            return isinstance(value, Labels)
        elif typename == "TensorBlock":
            return isinstance(value, TensorBlock)
        else:
            return isinstance(value, TensorMap)
    else:
        if not isinstance(value, torch.ScriptObject):
            return False
        return bool(value._type().qualified_name() == _PREFIX + typename)


def check_type(value: Any, argument: str, typename: str, function: str) -> None:
    """Check the class of an argument of an operation.

    Only used where TorchScript does not do it.

    :raises TypeError: if it is not an instance of ``typename``
    """
    if not isinstance_metatensor(value, typename):
        raise TypeError(
            f"`{argument}` must be a metatensor {typename} in `{function}`, not {type(value)}"
        )


def raise_core_error(message: str) -> None:
    """Raise the error of the core library for objects which are not valid, a RuntimeError here."""
    raise_runtime_error(message)


def raise_value_error(message: str) -> None:
    """Raise what methods of labels raise for arguments which are not valid, a RuntimeError here."""
    raise_runtime_error(message)


def raise_index_error(message: str) -> None:
    """Raise an IndexError, which is a RuntimeError in TorchScript."""
    raise_runtime_error(message)


def raise_runtime_error(message: str) -> None:
    """Raise a RuntimeError, as the functions of the classes of TorchScript do.

    What is raised by TorchScript code is a :py:class:`torch.jit.Error` in Python, this comes from
    an operator of torch. TorchScript would leave it out if its result was not used.
    """
    token = torch.ops.aten._functional_assert_scalar(False, message, torch.empty(0))
    if token.dim() >= 0:
        raise RuntimeError(message)


def warn(message: str) -> None:
    """Emit a UserWarning on behalf of an operation."""
    warnings.warn(message, stacklevel=3)
