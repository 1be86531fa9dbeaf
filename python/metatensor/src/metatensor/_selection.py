"""Finding the blocks of a map from values of its keys."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ._checks import has_data, invalid_parameter, type_name
from ._labels import Labels
from ._labels_entry import LabelsEntry

_INT32_MIN, _INT32_MAX = -(2**31), 2**31 - 1

#: What the messages about a wrong selection say is accepted
_ACCEPTED = "an integer, a dict, Labels, a LabelsEntry or keyword arguments"


class KeyIndex:
    """Positions of keys, by their values on some dimensions, and entries of the keys.

    They are made when they are first needed. Maps with the same keys share them.
    """

    __slots__ = ("_entries", "_tables")

    def __init__(self) -> None:
        self._entries: list[LabelsEntry] | None = None
        self._tables: dict[tuple[int, ...], dict[tuple[int, ...], list[int]]] = {}

    def entries(self, keys: Labels) -> list[LabelsEntry]:
        """All entries of the keys."""
        if self._entries is None:
            self._entries = list(keys)
        return self._entries

    def find(self, keys: Labels, columns: tuple[int, ...], row: tuple[int, ...]) -> list[int]:
        """Positions of all keys with the values of ``row`` in these columns."""
        table = self._tables.get(columns)
        if table is None:
            table = self._tables[columns] = _table(keys, columns)
        return table.get(row, [])


def _table(keys: Labels, columns: tuple[int, ...]) -> dict[tuple[int, ...], list[int]]:
    if not has_data(keys):
        invalid_parameter(f"the keys have no data on device '{keys.device}'")
    table: dict[tuple[int, ...], list[int]] = {}
    rows = keys._engine.tolist(keys.values)
    for position, row in enumerate(rows):
        table.setdefault(tuple([row[column] for column in columns]), []).append(position)
    return table


class Selection:
    """Blocks of a map selected by something else than their position."""

    __slots__ = ("names", "positions", "rows")

    def __init__(
        self, names: Sequence[str], rows: list[Sequence[int]], positions: Sequence[int]
    ) -> None:
        self.names = names
        self.rows = rows
        self.positions = positions

    def __str__(self) -> str:
        """The selection as a user would write it."""
        shown = [
            "(" + ", ".join(f"{n}={v}" for n, v in zip(self.names, row, strict=True)) + ")"
            for row in self.rows[:5]
        ]
        if len(self.rows) > len(shown):
            shown.append("...")
        return ", ".join(shown)

    def single(self, count: int) -> int:
        """The selected position, if there is exactly one.

        :param count: number of blocks in the map
        """
        if count == 0:
            raise ValueError("there are no blocks in this TensorMap")
        positions = self.several(count)
        if len(positions) == 1:
            return int(positions[0])
        raise ValueError(
            f"{len(positions)} blocks match {self._text()}, only one was expected; use "
            "`TensorMap.blocks` to get all of them"
        )

    def several(self, count: int) -> Sequence[int]:
        """The selected positions, if there are any, or if there are no blocks at all.

        :param count: number of blocks in the map
        """
        if len(self.positions) == 0 and count != 0:
            raise ValueError(f"could not find any block matching {self._text()}")
        return self.positions

    def _text(self) -> str:
        return f"the selection {self}" if self.rows else "an empty selection"


def merge_selection(selection: Any, kwargs: Mapping[str, Any]) -> Any:
    """The selection of a call, given as an argument or as keywords."""
    if selection is None:
        return kwargs
    if kwargs:
        raise TypeError(
            "keyword arguments can not be used together with another selection, got "
            f"{sorted(kwargs)}"
        )
    return selection


def as_position(selection: Any) -> int | None:
    """The position this selection consists of, ``None`` if it is something else."""
    if isinstance(selection, (int, np.integer)):
        return int(selection)
    return None


def check_position(position: int, count: int) -> int:
    """Check that there is a block at this position.

    :raises IndexError: if there is none
    """
    if not 0 <= position < count:
        raise IndexError(
            f"block index out of bounds: there are {count} blocks, but the index is {position}"
        )
    return position


def find_blocks(selection: Any, keys: Labels, index: KeyIndex) -> Selection:
    """Find the blocks selected by a dict, entry or labels.

    :raises TypeError: if ``selection`` is something else
    :raises OverflowError: if a value of a dict does not fit in 32 bits
    :raises MetatensorError: if a name is not the name of a dimension of the keys
    """
    names: Sequence[str]
    if type(selection) is dict or isinstance(selection, Mapping):
        names = list(selection)
        row = [_as_int32(name, value) for name, value in selection.items()]
    elif isinstance(selection, LabelsEntry):
        names = selection.names
        row = selection._tolist()
    elif isinstance(selection, Labels):
        names = selection.names
        if len(selection) != 1:
            return _find_by_labels(selection, keys)
        row = selection._engine.tolist(selection.values)[0]
    else:
        raise TypeError(f"the selection of blocks must be {_ACCEPTED}, got {type_name(selection)}")

    columns = _columns(names, keys)
    if not columns:
        return Selection([], [], range(len(keys)))
    return Selection(names, [row], index.find(keys, columns, tuple(row)))


def _columns(names: Sequence[str], keys: Labels) -> tuple[int, ...]:
    known = keys._dims.names
    for name in names:
        if name not in known:
            invalid_parameter(
                f"'{name}' is not one of the dimensions of the keys of this TensorMap: "
                f"{list(known)}"
            )
    return tuple([known.index(name) for name in names])


def _as_int32(name: Any, value: Any) -> int:
    if not isinstance(name, str):
        raise TypeError(f"the names of a selection must be strings, got {type_name(name)}")
    try:
        result = value if type(value) is int else operator.index(value)
    except TypeError:
        raise TypeError(
            "the values of a selection must be integers, got "
            f"{value!r} ({type_name(value)}) for '{name}'"
        ) from None
    if not _INT32_MIN <= result <= _INT32_MAX:
        raise OverflowError(
            f"the values of a selection must fit in 32-bit integers, got {result} for '{name}'"
        )
    return result


def _find_by_labels(selection: Labels, keys: Labels) -> Selection:
    _columns(selection.names, keys)
    if len(selection) == 0:
        everything = not selection.names
        return Selection(selection.names, [], range(len(keys) if everything else 0))
    selection = _on_host(selection)
    positions = _on_host(keys).select(selection)
    return Selection(selection.names, selection.values.tolist(), positions.tolist())


def _on_host(labels: Labels) -> Labels:
    if labels._engine.host_labels:
        return labels.to(arrays="numpy")
    return labels.to(arrays="numpy", device="cpu")


def positions_from_sequence(selection: Any) -> list[int] | None:
    """Positions given as a list, range or array; ``None`` for anything else."""
    if isinstance(selection, (list, range)):
        try:
            return [operator.index(position) for position in selection]
        except TypeError:
            raise TypeError("a list selecting blocks must only contain integers") from None
    if getattr(selection, "ndim", None) == 1 and hasattr(selection, "tolist"):
        return positions_from_sequence(selection.tolist())
    return None
