"""Labelled block-sparse tensors, with gradients.

The names of :py:mod:`metatensor.operations` are also available from here. They are
looked up on first use: importing this package is fast, and imports no array library
but numpy.
"""

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from . import io as io
from . import utils as utils
from ._arrays import Array as Array
from ._block import TensorBlock
from ._c_lib import _preload
from ._data import ExternalCpuArray as ExternalCpuArray
from ._data import ExternalCudaArray as ExternalCudaArray
from ._data import register_external_data_wrapper as register_external_data_wrapper
from ._labels import Labels
from ._labels_entry import LabelsEntry as LabelsEntry
from ._pytrees import register as _register_pytrees
from ._status import MetatensorError as MetatensorError
from ._tensor import TensorMap
from ._untraced import untraced as _untraced
from .io import load as load
from .io import load_block as load_block
from .io import load_labels as load_labels
from .io import save as save

if TYPE_CHECKING:
    from . import operations as operations

#: Is :py:mod:`metatensor.operations` installed?
HAS_METATENSOR_OPERATIONS: bool = importlib.util.find_spec(f"{__name__}.operations") is not None

__all__ = ["Labels", "TensorBlock", "TensorMap"]

# Libraries which were linked against the C library, and opened after this package, look
# for one with the same name which is already loaded
_preload()


_untraced(Labels, LabelsEntry, TensorBlock, TensorMap)
_untraced(*[getattr(io, _name) for _name in io.__all__])

# later imports are noticed when objects are created
_register_pytrees()


class _DeviceWarning(Warning):
    """No longer used, only there for old warning filters."""


_DeviceWarning.__name__ = _DeviceWarning.__qualname__ = "DeviceWarning"
_DeviceWarning.__module__ = __name__

_SUBPACKAGES = ("operations", "learn")


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from ._version import version

        globals()[name] = version()
        return globals()[name]

    if name == "DeviceWarning":
        import warnings

        warnings.warn(
            "metatensor.DeviceWarning is deprecated: it is no longer emitted",
            DeprecationWarning,
            stacklevel=2,
        )
        return _DeviceWarning

    if name in _SUBPACKAGES:
        try:
            return importlib.import_module(f"{__name__}.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"{__name__}.{name}":
                raise
    # names of modules and special methods are never those of operations
    elif not name.startswith("_") and HAS_METATENSOR_OPERATIONS:
        operations = importlib.import_module(f"{__name__}.operations")
        if name in operations.__all__:
            globals()[name] = getattr(operations, name)
            return globals()[name]

    hint = "" if HAS_METATENSOR_OPERATIONS else _MISSING_OPERATIONS
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'{hint}")


_MISSING_OPERATIONS = (
    ". It may be part of the operations, which are not there: you can install them with "
    "the package metatensor-operations"
)


def __dir__() -> list[str]:
    names = set(globals()) | {"__version__"}
    if HAS_METATENSOR_OPERATIONS:
        names.update(importlib.import_module(f"{__name__}.operations").__all__)
    return sorted(names)
