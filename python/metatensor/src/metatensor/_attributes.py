"""Attributes which users can read but not replace, and which cost nothing more than that."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, TypeVar

T = TypeVar("T")


def read_directly(cls: type, **paths: str) -> None:
    """Read properties of ``cls`` without running any Python code.

    The functions written for these properties are their types and documentation. Here
    is where the values are; the interpreter only runs (in ``__getattr__``) when there
    is nothing there yet.

    :param paths: for each property, the dotted name of what it gives
    """
    for name, path in paths.items():
        written: property = getattr(cls, name)
        fast = property(attrgetter(path), written.fset, written.fdel, written.__doc__)
        setattr(cls, name, fast)


def read_only_slots(**messages: str) -> Callable[[type[T]], type[T]]:
    """Decorator for classes some of whose slots are not for users to change.

    Reading a slot is several times faster than reading any property. The classes
    themselves set such slots with the functions given by :py:func:`setter`.

    :param messages: for each of these slots, what to say to those who try
    """

    def decorate(cls: type[T]) -> type[T]:
        def __setattr__(self: T, name: str, value: Any) -> None:  # noqa: N807
            if name in messages:
                raise AttributeError(messages[name])
            object.__setattr__(self, name, value)

        def __delattr__(self: T, name: str) -> None:  # noqa: N807
            if name in messages:
                raise AttributeError(messages[name])
            object.__delattr__(self, name)

        cls.__setattr__ = __setattr__  # type: ignore[assignment]
        cls.__delattr__ = __delattr__  # type: ignore[assignment]
        return cls

    return decorate


def setter(cls: type, name: str) -> Callable[[Any, Any], None]:
    """Function which sets a slot of an object, whatever the class says."""
    function: Callable[[Any, Any], None] = cls.__dict__[name].__set__
    return function
