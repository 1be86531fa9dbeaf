"""Machine learning with metatensor data: datasets and neural network modules.

This is the plain flavour, for :py:class:`metatensor.TensorMap` holding torch tensors. The
same files are seen a second time as ``metatensor.torch.learn``, for the classes of
TorchScript. Without torch, there is nothing here.
"""

from ._version import __version__ as __version__

try:
    import torch as _torch  # noqa: F401
except ModuleNotFoundError as _error:
    if _error.name != "torch":
        raise
    HAS_TORCH = False
else:
    HAS_TORCH = True

if HAS_TORCH:
    from . import data as data
    from . import nn as nn
    from .data import DataLoader as DataLoader
    from .data import Dataset as Dataset
    from .data import IndexedDataset as IndexedDataset
    from .nn import Linear as Linear
    from .nn import ModuleMap as ModuleMap
