"""Load the TorchScript extension before any of the tests is imported.

The environment variable ``METATENSOR_TORCH_LIBRARY`` can be set to the path of a
library in a build folder, and the installed package is used otherwise.
"""

import os
import sys

import torch

# helpers shared by the tests, which can not be imported from sibling files
# with pytest's `--import-mode=importlib`
sys.path.insert(0, os.path.dirname(__file__))


def _load_library() -> None:
    path = os.environ.get("METATENSOR_TORCH_LIBRARY")
    if path:
        torch.ops.load_library(path)
    else:
        import metatensor.torch  # noqa: F401


_load_library()
