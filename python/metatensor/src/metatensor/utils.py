"""Utilities for programs using the C and C++ libraries of this package."""

import os

from ._c_lib import _external_prefix, _prefix

#: Folder for ``CMAKE_PREFIX_PATH``, where CMake finds the package ``metatensor``
cmake_prefix_path: str = _external_prefix() or os.path.join(_prefix(), "lib", "cmake")

__all__ = ["cmake_prefix_path"]
