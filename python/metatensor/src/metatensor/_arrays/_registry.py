"""Finding the engine of an array without importing array libraries."""

import importlib
import pkgutil
import sys
import warnings
from typing import Any, Optional

import numpy as np

from ._array_api import (
    array_api_engine_by_name,
    find_array_api_engine,
    loaded_array_api_engines,
)
from ._base import Engine

_ENGINES: dict[str, Engine] = {}
# fast path for the types which engines declare
_BY_TYPE: dict[type, Engine] = {}
# where types come from which are remembered: those of users may come and go
_LIBRARIES = {"numpy", "torch", "jax", "jaxlib", "cupy"}


def _known_names() -> tuple[str, ...]:
    modules = pkgutil.iter_modules(sys.modules[__package__].__path__)
    names = sorted(m.name for m in modules if not m.name.startswith("_"))
    # numpy first: it is always there, and cheap to recognise
    return tuple(sorted(names, key=lambda name: name != "numpy"))


_NAMES = _known_names()


def _load(name: str) -> Optional[Engine]:
    """Get an engine if its library is already imported."""
    engine = _ENGINES.get(name)
    if engine is None:
        library = sys.modules.get(name)
        spec = getattr(library, "__spec__", None)
        # a library in the middle of its own import has no arrays yet
        if library is None or getattr(spec, "_initializing", False):
            return None
        loaded: Engine = importlib.import_module(f".{name}", __package__).ENGINE
        engine = _ENGINES.setdefault(name, loaded)
        _BY_TYPE[engine.array_type] = engine
    return engine


def find_engine(value: object) -> Optional[Engine]:
    """Get the engine of ``value``, or ``None`` if it is not an array."""
    engine = _BY_TYPE.get(type(value))
    if engine is not None:
        return engine
    for name in _NAMES:
        engine = _load(name)
        if engine is not None and engine.is_array(value):
            if type(value).__module__.partition(".")[0] in _LIBRARIES:
                _BY_TYPE[type(value)] = engine
            return engine
    return find_array_api_engine(value)


def engine_of(array: Any, what: str = "array") -> Engine:
    """Get the engine of an array.

    :param array: array of any supported library
    :param what: what this array is for, to be told in errors
    :raises TypeError: if ``array`` is not an array of a supported library
    """
    engine = find_engine(array)
    if engine is None:
        raise TypeError(
            f"{what} must be an array of one of the supported libraries "
            f"({', '.join(_NAMES)}, or the array API standard if array-api-compat is "
            f"installed), got {type_name(array)}"
        )
    return engine


def engine_by_name(name: str) -> Engine:
    """Get the engine for the library ``name``, importing the library if needed.

    :raises ValueError: if there is no engine with this name
    :raises ModuleNotFoundError: if the library is not installed
    """
    if name not in _NAMES:
        engine = array_api_engine_by_name(name) if isinstance(name, str) else None
        if engine is None:
            raise ValueError(
                f"unknown array library '{name}', expected one of: {', '.join(_NAMES)}"
            )
        return engine
    if sys.modules.get(name) is None:
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            raise ModuleNotFoundError(
                f"{name} is needed to use arrays='{name}', but it is not installed",
                name=name,
            ) from error
    engine = _load(name)
    if engine is None:
        raise ImportError(f"{name} is not fully imported yet")
    return engine


def engine_at(place: str) -> tuple[Engine, Optional[str]]:
    """Engine and device for a text made by :py:meth:`Engine.place`.

    :returns: the device is ``None`` if it is the CPU. If this process can not use it, there
        is a warning and it is ``None`` too
    """
    name, _, device = place.partition("@")
    engine = engine_by_name(name)
    if not device:
        return engine, None
    try:
        engine.to(engine.from_numpy(np.zeros(1, dtype=np.int32)), device=device)
    except (ValueError, RuntimeError, AssertionError) as error:  # depends on the library
        warnings.warn(
            f"this data was on the device '{device}' of {name}, and will stay on the CPU "
            f"because this process can not use this device: {error}",
            stacklevel=3,
        )
        return engine, None
    return engine, device


def loaded_engines() -> list[Engine]:
    """Engines of all the libraries which are imported."""
    engines = (_load(name) for name in _NAMES)
    return [engine for engine in engines if engine is not None] + loaded_array_api_engines()


def type_name(value: object) -> str:
    """Name of the type of ``value`` for messages, with its module."""
    kind = type(value)
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"
