"""Load the TorchScript extension before any of the tests is imported.

The environment variable ``METATENSOR_TORCH_LIBRARY`` can be set to the path of a
library in a build folder, and the installed package is used otherwise.
"""

import os

import pytest
import torch


def _load_library() -> None:
    path = os.environ.get("METATENSOR_TORCH_LIBRARY")
    if path:
        torch.ops.load_library(path)
    else:
        import metatensor.torch  # noqa: F401


def pytest_configure(config: pytest.Config) -> None:
    # TorchScript as a whole is deprecated since torch 2.10, this is the one
    # warning that we can do nothing about
    for category in ["DeprecationWarning", "FutureWarning"]:
        config.addinivalue_line(
            "filterwarnings", f"ignore:`torch.jit.*` is (deprecated|not supported):{category}"
        )


_load_library()
