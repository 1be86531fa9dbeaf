"""Named tuples whose fields can have any name, and which can be pickled."""

from __future__ import annotations

import copyreg
import functools
import keyword
from collections.abc import Iterable
from typing import Any

_RESERVED = {"_asdict", "_fields", "_make", "_replace"}


class _NamedTupleClass(type):
    """Class of the classes made by :py:func:`namedtuple`, which pickle knows about."""

    _fields: tuple[str, ...]


class _NamedTuple(tuple[Any, ...]):
    """What all named tuples have in common."""

    __slots__ = ()

    _fields: tuple[str, ...] = ()

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            args = _arguments(cls, args, kwargs)
        if len(args) != len(cls._fields):
            raise TypeError(
                f"{cls.__name__} expects {len(cls._fields)} values ({', '.join(cls._fields)}), "
                f"got {len(args)}"
            )
        return tuple.__new__(cls, args)

    def __getitem__(self, index: Any) -> Any:
        if not isinstance(index, str):
            return tuple.__getitem__(self, index)
        try:
            return tuple.__getitem__(self, self._fields.index(index))
        except ValueError:
            raise KeyError(index) from None

    @classmethod
    def _make(cls, iterable: Iterable[Any]) -> Any:
        """Make a new tuple from a sequence of values."""
        return cls(*iterable)

    def _asdict(self) -> dict[str, Any]:
        """Dictionary of the values of all fields."""
        return dict(zip(self._fields, self, strict=True))

    def _replace(self, **kwargs: Any) -> Any:
        """Make a new tuple where some of the values are different."""
        unknown = [name for name in kwargs if name not in self._fields]
        if unknown:
            raise TypeError(f"{type(self).__name__} does not have fields {unknown}")
        return type(self)(*[kwargs.get(f, value) for f, value in self._asdict().items()])

    __replace__ = _replace

    def __getnewargs__(self) -> tuple[Any, ...]:
        return tuple(self)

    def __reduce__(self) -> tuple[Any, ...]:
        # some methods of tuples are made for classes which can be imported
        return _rebuild, (type(self).__name__, self._fields, tuple(self))

    def __repr__(self) -> str:
        items = zip(self._fields, self, strict=True)
        content = ", ".join(f"{_shown(name)}={value!r}" for name, value in items)
        return f"{type(self).__name__}({content})"


def namedtuple(typename: str, field_names: Iterable[Any]) -> Any:
    """Make a class of named tuples, like :py:func:`collections.namedtuple`.

    Fields can have any name. All of them are reached with ``value["name"]``, those which
    are identifiers also with ``value.name`` (keywords need :py:func:`getattr`).

    :param typename: name of the class
    :param field_names: names of the fields, which are turned into strings
    :raises ValueError: if a name occurs twice, or if ``typename`` is a keyword
    :raises TypeError: if ``typename`` is not an identifier
    """
    fields = tuple(str(name) for name in field_names)
    if keyword.iskeyword(typename):
        raise ValueError(f"the name of the type can not be a keyword: '{typename}'")
    if not (isinstance(typename, str) and typename.isidentifier()):
        raise TypeError(f"the name of the type must be an identifier, got {typename!r}")
    duplicates = {name for name in fields if fields.count(name) > 1}
    if duplicates:
        raise ValueError(f"these fields occur several times: {sorted(duplicates)}")
    return _make_class(typename, fields)


@functools.lru_cache(maxsize=256)
def _make_class(typename: str, fields: tuple[str, ...]) -> Any:
    namespace: dict[str, Any] = {"__slots__": (), "_fields": fields, "__match_args__": fields}
    namespace["__module__"] = __name__
    for i, name in enumerate(fields):
        special = name.startswith("__") and name.endswith("__")
        if name.isidentifier() and not special and name not in _RESERVED:
            namespace[name] = property(functools.partial(_get, i), doc=f"field number {i}")
    return _NamedTupleClass(typename, (_NamedTuple,), namespace)


def _get(index: int, self: _NamedTuple) -> Any:
    return tuple.__getitem__(self, index)


def _arguments(cls: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
    # keywords follow the positional arguments
    values = list(args)
    for i, name in list(enumerate(cls._fields))[len(args) :]:
        parameter = name if name.isidentifier() and not keyword.iskeyword(name) else f"_{i}"
        if parameter not in kwargs:
            raise TypeError(f"{cls.__name__} needs a value for '{name}'")
        values.append(kwargs.pop(parameter))
    if kwargs:
        raise TypeError(f"{cls.__name__} got unexpected or repeated arguments {list(kwargs)}")
    return tuple(values)


def _shown(name: str) -> str:
    return name if name.isidentifier() and not keyword.iskeyword(name) else f"'{name}'"


def _rebuild(typename: str, fields: tuple[str, ...], values: tuple[Any, ...]) -> Any:
    return _make_class(typename, fields)(*values)


def _reduce_class(cls: _NamedTupleClass) -> Any:
    if "_fields" in vars(cls) and cls._fields:
        return _make_class, (cls.__name__, cls._fields)
    return cls.__qualname__


copyreg.pickle(_NamedTupleClass, _reduce_class)
