"""Operations on metatensor objects, for the classes of TorchScript.

This is the same source as ``metatensor.operations``, seen a second time: the modules of
this folder (the types, and how to work with their data) are found first, all others in
the folder of the plain flavour. See ``ARCHITECTURE.md``.

Operations are :py:class:`torch.jit.ScriptFunction`, compiled the first time they are used.
"""

import importlib
import warnings
from typing import Any, List

import metatensor.operations as _plain

__path__ = [*__path__, *_plain.__path__]
__version__ = _plain.__version__
__all__ = list(_plain.__all__)

from ._checks import checks_enabled as checks_enabled
from ._checks import unsafe_disable_checks as unsafe_disable_checks
from ._checks import unsafe_enable_checks as unsafe_enable_checks
from ._types import torch_jit_script
from ._utils import NotEqualError as NotEqualError


def __getattr__(name: str) -> Any:
    """Compile an operation the first time it is used."""
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    submodule = getattr(_plain, name).__module__.rpartition(".")[2]
    function = getattr(importlib.import_module(f"{__name__}.{submodule}"), name)
    with warnings.catch_warnings():
        # TorchScript is deprecated, but is what the objects we work on are made for
        warnings.filterwarnings("ignore", message=r".*torch\.jit\.", category=FutureWarning)
        warnings.filterwarnings("ignore", message=r".*torch\.jit\.", category=DeprecationWarning)
        compiled = torch_jit_script(function)
    globals()[name] = compiled
    return compiled


def __dir__() -> List[str]:
    return sorted({*globals(), *__all__})
