"""The TorchScript-compatible flavour of metatensor.

This module is replaced by ``metatensor_torch``: both names give the same module.
"""

import importlib
import sys

try:
    _module = importlib.import_module("metatensor_torch")
except ModuleNotFoundError as _error:
    if _error.name != "metatensor_torch":
        raise
    raise ImportError(
        "metatensor.torch is not installed, you can install it with the package metatensor-torch"
    ) from _error

sys.modules[__name__] = _module
