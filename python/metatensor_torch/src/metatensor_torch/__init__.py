"""The TorchScript-compatible flavour of metatensor, also called ``metatensor.torch``.

The classes here have the same members as those of ``metatensor``, but hold torch tensors
only, and can be used in TorchScript: in models which run without Python.
"""

import importlib
from typing import TYPE_CHECKING, Any, List

from metatensor import _alias

_alias.install("metatensor.torch", __name__)

from . import utils as utils
from ._classes import (
    DOCUMENTATION_ONLY,
    Labels,
    TensorBlock,
    TensorMap,
)
from ._classes import LabelsEntry as LabelsEntry
from ._classes import dtype_name as dtype_name
from ._classes import load_block_buffer as load_block_buffer
from ._classes import load_buffer as load_buffer
from ._classes import load_labels_buffer as load_labels_buffer
from ._classes import save_buffer as save_buffer
from ._classes import version as version
from ._version import _release_version
from .io import load as load
from .io import load_block as load_block
from .io import load_labels as load_labels
from .io import save as save

if TYPE_CHECKING:
    from . import learn as learn
    from . import operations as operations

__all__ = ["Labels", "TensorBlock", "TensorMap"]

#: Is :py:mod:`metatensor.torch.operations` there? It is part of this package and always is
HAS_METATENSOR_OPERATIONS = True

if not DOCUMENTATION_ONLY:
    from . import _construction, _jupyter, _module

    __version__ = _release_version() or version()
    _construction.install()
    _module.install()
    _jupyter.install()


def __getattr__(name: str) -> Any:
    """Find the operations, which are only imported when one of them is used."""
    if name in ("operations", "learn"):
        return importlib.import_module(f"{__name__}.{name}")
    if not name.startswith("_"):
        operations = importlib.import_module(f"{__name__}.operations")
        if name in operations.__all__:
            globals()[name] = getattr(operations, name)
            return globals()[name]
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def __dir__() -> List[str]:
    operations = importlib.import_module(f"{__name__}.operations")
    return sorted({*globals(), *operations.__all__, "operations", "learn"})
