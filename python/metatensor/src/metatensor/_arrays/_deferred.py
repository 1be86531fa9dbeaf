"""Arrays which are put together once everything that goes in them is known.

The C library creates arrays full of one value, then moves data to them, one call for each
source. Done literally this needs arrays which can be changed, and makes automatic
differentiation follow as many versions of the output as there are sources. Instead, an
:py:class:`Assembly` remembers the movements, and makes the array with one gather and
concatenations when somebody wants it. Large ones are written to where nothing keeps us from it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ._base import Movements, group_movements

if TYPE_CHECKING:
    from ._base import Engine

_Rows = npt.NDArray[np.int64]

#: Number of elements from which memory matters more than a call for each source
LARGE = 2**20


class _Part(NamedTuple):
    """Some rows of an array, and where one range of their properties goes."""

    source: Any
    rows_in: _Rows
    rows_out: _Rows
    start_in: int
    start_out: int
    length: int


class Assembly:
    """Array which is not there yet: one value everywhere, then parts of other arrays.

    :param engine: engine of the array and of everything moved to it
    :param like: array with the dtype and on the device of this one
    :param shape: shape of the array
    :param fill_value: 0-d CPU array, the value of everything nothing is moved to
    """

    __slots__ = ("_base", "_fill_value", "_parts", "engine", "like", "shape")

    def __init__(
        self, engine: Engine, like: Any, shape: tuple[int, ...], fill_value: Any = None
    ) -> None:
        self.engine = engine
        self.like = like
        self.shape = shape
        self._fill_value = fill_value
        self._base: Any = None
        self._parts: list[tuple[Any, Movements]] = []

    @classmethod
    def over(cls, engine: Engine, array: Any) -> Assembly:
        """The content of ``array``, which does not change, with more data moved to it."""
        assembly = cls(engine, array, engine.shape(array))
        assembly._base = array
        return assembly

    def move(self, source: Any, movements: Movements) -> None:
        """Move some data of ``source`` here."""
        self._parts.append((source, movements))

    def finish(self) -> Any:
        """Make the array, which shares no memory with its sources."""
        if self._is_large() and self.engine.moves_in_place([self.like, *self._sources()]):
            return self._in_place()
        parts = self._contributions()
        if not parts or 0 in self.shape:
            return self._full(self.shape) if self._base is None else self._base
        bounds = {0, self.shape[-1]}
        for part in parts:
            bounds.update((part.start_out, part.start_out + part.length))
        edges = np.array(sorted(bounds))
        first = np.searchsorted(edges, [part.start_out for part in parts])
        last = np.searchsorted(edges, [part.start_out + part.length for part in parts])
        # work of both ways, in numbers of calls
        if int((last - first).sum()) + len(edges) <= 4 * len(parts) + 8:
            return self._by_columns(parts, edges, first, last)
        return self._by_elements(parts)

    def _is_large(self) -> bool:
        return math.prod(self.shape) >= LARGE

    def _sources(self) -> list[Any]:
        return [source for source, _ in self._parts]

    def _in_place(self) -> Any:
        """Write to the array, which needs no memory for what is not yet in its place."""
        engine = self.engine
        output = self._full(self.shape) if self._base is None else engine.copy(self._base)
        for source, movements in self._parts:
            engine.move_data(output, source, movements)
        return output

    def _contributions(self) -> list[_Part]:
        parts: list[_Part] = []
        if self._base is not None:
            rows = np.arange(self.shape[0])
            parts.append(_Part(self._base, rows, rows, 0, 0, self.shape[-1]))
        for source, movements in self._parts:
            for rows_in, rows_out, columns_in, columns_out in group_movements(movements):
                length = columns_in.stop - columns_in.start
                parts.append(
                    _Part(source, rows_in, rows_out, columns_in.start, columns_out.start, length)
                )
        return parts

    def _full(self, shape: tuple[int, ...]) -> Any:
        return self.engine.full(self.like, shape, self._fill_value)

    def _by_columns(
        self,
        parts: list[_Part],
        edges: npt.NDArray[Any],
        first: npt.NDArray[Any],
        last: npt.NDArray[Any],
    ) -> Any:
        """Cut the output in ranges of properties, and gather the rows of each."""
        inside: list[list[_Part]] = [[] for _ in range(len(edges) - 1)]
        for part, start, stop in zip(parts, first, last, strict=True):
            for i in range(start, stop):
                inside[i].append(part)
        ranges = [
            self._gather_rows(inside[i], int(edges[i]), int(edges[i + 1]))
            for i in range(len(inside))
        ]
        if len(ranges) == 1:
            return ranges[0]
        return self.engine.concatenate(ranges, len(self.shape) - 1)

    def _gather_rows(self, parts: list[_Part], start: int, stop: int) -> Any:
        engine = self.engine
        origin = np.full(self.shape[0], -1, dtype=np.int64)
        arrays: list[Any] = []
        offset = 0
        for part in parts:
            array = part.source
            column = part.start_in + start - part.start_out
            if column != 0 or stop - start != array.shape[-1]:
                array = array[..., column : column + stop - start]
            origin[part.rows_out] = part.rows_in + offset
            arrays.append(array)
            offset += array.shape[0]
        missing = origin < 0
        if missing.any():
            arrays.append(self._full((1, *self.shape[1:-1], stop - start)))
            origin[missing] = offset
            offset += 1
        joined = arrays[0] if len(arrays) == 1 else engine.concatenate(arrays, 0)
        if offset != len(origin) or not np.array_equal(origin, np.arange(offset)):
            return engine.take_rows(joined, origin)
        # never give a source, or a view of it, as a new array
        return engine.copy(joined) if len(arrays) == 1 else joined

    def _by_elements(self, parts: list[_Part]) -> Any:
        """Gather one element (for all components) at a time."""
        engine = self.engine
        n_rows, components, n_columns = self.shape[0], self.shape[1:-1], self.shape[-1]
        origin = np.full((n_rows, n_columns), -1, dtype=np.int64)
        offsets: dict[int, int] = {}
        arrays: list[Any] = []
        offset = 0
        for part in parts:
            rows, columns = part.source.shape[0], part.source.shape[-1]
            if id(part.source) not in offsets:
                offsets[id(part.source)] = offset
                offset += rows * columns
                axes = (0, len(self.shape) - 1, *range(1, len(self.shape) - 1))
                flat = engine.permute(part.source, axes)
                arrays.append(engine.reshape(flat, (rows * columns, *components)))
            moved = np.arange(part.length)
            elements = part.rows_in[:, None] * columns + (part.start_in + moved)
            elements += offsets[id(part.source)]
            origin[part.rows_out[:, None], part.start_out + moved] = elements
        if (origin < 0).any():
            arrays.append(self._full((1, *components)))
            origin[origin < 0] = offset
        joined = arrays[0] if len(arrays) == 1 else engine.concatenate(arrays, 0)
        elements = engine.take_rows(joined, origin.reshape(-1))
        elements = engine.reshape(elements, (n_rows, n_columns, *components))
        return engine.permute(elements, (0, *range(2, len(self.shape)), 1))
