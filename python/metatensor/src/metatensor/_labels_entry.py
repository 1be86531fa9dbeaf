"""One row of Labels."""

from typing import Any, Iterable, Iterator, Sequence, Union

import numpy as np
import numpy.typing as npt

from ._arrays import Array, Engine, engine_of
from ._arrays._registry import type_name
from ._attributes import read_directly


class LabelsEntry:
    """One entry (row) of :py:class:`Labels`: names of dimensions and their values.

    >>> import numpy as np
    >>> from metatensor import Labels
    >>> labels = Labels(["atom", "shell"], np.array([[7, 0], [12, -3]]))
    >>> entry = labels[1]
    >>> print(entry)
    LabelsEntry(atom=12, shell=-3)
    >>> print(entry["shell"])
    -3
    >>> atom, shell = entry

    :param names: names of the dimensions
    :param values: 1-D array of int32, with one value per name
    :raises ValueError: if ``values`` is not 1-D, not int32, or does not have one value
        per name
    """

    __slots__ = ("__weakref__", "_engine", "_names", "_values")

    _names: tuple[str, ...]
    _values: Any
    _engine: Engine

    def __init__(self, names: Union[str, Iterable[str]], values: Array) -> None:
        engine = engine_of(values, "`values` of LabelsEntry")
        shape = engine.shape(values)
        if len(shape) != 1:
            raise ValueError(f"LabelsEntry values must be a 1-D array, got {len(shape)} dimensions")
        if engine.dlpack_dtype(values) != (0, 32, 1):
            raise ValueError(
                f"LabelsEntry values must be 32-bit integers, got dtype '{engine.dtype(values)}'"
            )
        names = (names,) if isinstance(names, str) else tuple(names)
        if len(names) != shape[0]:
            raise ValueError(
                f"LabelsEntry must have one value per name, got {shape[0]} values and "
                f"{len(names)} names"
            )
        self._names = names
        self._values = values
        self._engine = engine

    @classmethod
    def _from_row(cls, names: tuple[str, ...], values: Any, engine: Engine) -> "LabelsEntry":
        entry = cls.__new__(cls)
        entry._names = names
        entry._values = values
        entry._engine = engine
        return entry

    @property
    def names(self) -> list[str]:
        """Names of the dimensions."""
        return list(self._names)

    @property
    def values(self) -> Array:
        """1-D array of int32 with the values, read-only for numpy arrays."""
        return self._values

    @property
    def device(self) -> Any:
        """Device of the values, ``"cpu"`` for numpy arrays."""
        return self._engine.device(self._values)

    def print(self) -> str:
        """Names and values as a string, such as ``(atom=12, shell=-3)``."""
        values = self._tolist()
        items = (f"{n}={v}" for n, v in zip(self._names, values, strict=True))
        return f"({', '.join(items)})"

    def _tolist(self) -> list[int]:
        values: list[int] = self._engine.tolist(self._values)
        return values

    def __repr__(self) -> str:
        return f"LabelsEntry{self.print()}"

    __str__ = __repr__

    def _repr_html_(self) -> str:
        from . import _html

        html: str = _html.show_entry(self)
        return html

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._engine.rows(self._values))

    def __getitem__(self, index: Union[str, int]) -> Any:
        """Value of one dimension, by name or position.

        :raises ValueError: if there is no dimension with this name
        :raises IndexError: if the position is out of range
        :raises TypeError: if ``index`` is neither a string nor an integer
        """
        if isinstance(index, str):
            return self._engine.item(self._values, column_index(self._names, index))
        if isinstance(index, (int, np.signedinteger)):
            count = len(self._names)
            if not -count <= index < count:
                raise IndexError(f"index {index} is out of range for an entry with {count} values")
            return self._engine.item(self._values, int(index))
        raise TypeError(
            f"the index in a LabelsEntry must be a string or an integer, got {type_name(index)}"
        )

    def __array__(self, dtype: Any = None, copy: Any = None) -> npt.NDArray[Any]:
        return host_array(self._engine.to_host(self._values), dtype, copy)

    def __eq__(self, other: object) -> bool:
        """Same names and values; arrays of different libraries can be equal.

        :raises TypeError: if ``other`` is not a LabelsEntry
        """
        if not isinstance(other, LabelsEntry):
            raise TypeError(
                f"can only compare LabelsEntry with LabelsEntry, got {type_name(other)}"
            )
        return self._names == other._names and self._tolist() == other._tolist()

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]


LabelsEntry.__module__ = "metatensor"
read_directly(LabelsEntry, values="_values")


def column_index(names: Sequence[str], name: str) -> int:
    """Position of a dimension.

    :raises ValueError: if there is no dimension with this name
    """
    try:
        return names.index(name)
    except ValueError:
        raise ValueError(
            f"there is no dimension named '{name}', the dimensions are {list(names)}"
        ) from None


def host_array(values: npt.NDArray[Any], dtype: Any, copy: Any) -> npt.NDArray[Any]:
    """Implement ``__array__``: convert and copy as requested by numpy."""
    if dtype is not None and np.dtype(dtype) != values.dtype:
        if copy is False:
            raise ValueError(f"can not convert to {np.dtype(dtype)} without a copy")
        return values.astype(dtype)
    return np.array(values, copy=True) if copy else values
