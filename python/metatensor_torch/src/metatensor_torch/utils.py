"""Utilities for programs using the C++ library of this package."""

import os

from ._c_lib import _external, _torch_folder

#: Folder for ``CMAKE_PREFIX_PATH``, where CMake finds the package ``metatensor_torch``
cmake_prefix_path: str = _external("EXTERNAL_METATENSOR_TORCH_PREFIX") or os.path.join(
    _torch_folder(), "lib", "cmake"
)

__all__ = ["cmake_prefix_path"]
