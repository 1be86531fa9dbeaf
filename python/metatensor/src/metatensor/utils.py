"""Utilities for programs using this package, and its C and C++ libraries."""

import os

from ._c_lib import _external_prefix, _prefix
from ._pytrees import register as _register

#: Folder for ``CMAKE_PREFIX_PATH``, where CMake finds the package ``metatensor``
cmake_prefix_path: str = _external_prefix() or os.path.join(_prefix(), "lib", "cmake")


def register_pytrees() -> None:
    """Make Labels, blocks and tensor maps pytrees of jax and torch, if these are imported.

    This happens by itself when this package is imported, and when an object is created
    after the import of jax or torch. Calling this function is only needed to use an object
    created *before* the library was imported, when nothing was created in between.
    """
    _register()


__all__ = ["cmake_prefix_path", "register_pytrees"]
