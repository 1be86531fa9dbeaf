"""Engines: adapters for the libraries whose arrays can be put in blocks and labels.

The adapter for the library imported as ``xyz`` is the file ``xyz.py`` of this folder,
which defines ``ENGINE``, an instance of :py:class:`Engine`. It is imported the first
time an array is looked at *after* the library itself was imported by someone: no
library but numpy is ever imported from here. Arrays of other libraries are used through
the array API standard, see :py:mod:`._array_api`.
"""

from ._alias import Array
from ._base import Engine
from ._deferred import Assembly
from ._registry import engine_at, engine_by_name, engine_of, find_engine

__all__ = ["Array", "Assembly", "Engine", "engine_at", "engine_by_name", "engine_of", "find_engine"]
