"""Machine learning with metatensor data, for the classes of TorchScript.

This is the same source as ``metatensor.learn``, seen a second time: the modules of this
folder are found first, all others in the folder of the plain flavour.
"""

import metatensor.learn as _plain

__path__ = [*__path__, *_plain.__path__]
__version__ = _plain.__version__

HAS_TORCH = True

from . import data as data
from . import nn as nn
from .data import DataLoader as DataLoader
from .data import Dataset as Dataset
from .data import IndexedDataset as IndexedDataset
from .nn import Linear as Linear
from .nn import ModuleMap as ModuleMap
