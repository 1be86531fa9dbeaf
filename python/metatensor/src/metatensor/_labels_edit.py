"""Making labels with other dimensions."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Sequence

from . import _labels_core as core
from ._arrays import Array, find_engine
from ._arrays._registry import type_name
from ._labels_base import LabelsBase
from ._labels_entry import column_index

if TYPE_CHECKING:
    from typing_extensions import Self


class LabelsEdit(LabelsBase):
    """Part of :py:class:`metatensor.Labels`: adding, removing, reordering dimensions."""

    __slots__ = ()

    def append(self, name: str, values: Array) -> Self:
        """Labels with one more dimension, at the end.

        >>> import numpy as np
        >>> from metatensor import Labels
        >>> labels = Labels("a", np.array([[1], [4]]))
        >>> print(labels.append("b", np.array([7, 8])))
        Labels
            a  b
            1  7
            4  8

        :param name: name of the new dimension
        :param values: 1-D array of integers, with one value per entry
        :raises ValueError: if ``values`` is not such an array
        :raises TypeError: if the values are not integers
        :raises MetatensorError: if the name is invalid or already used
        """
        return self.insert(len(self._dims.names), name, values)

    def insert(self, index: int, name: str, values: Array) -> Self:
        """Labels with one more dimension, in front of the one at ``index``.

        :param index: position of the new dimension, counted from the end if negative
        :param name: name of the new dimension
        :param values: 1-D array of integers, with one value per entry
        :raises IndexError: if ``index`` is out of range
        :raises ValueError: if ``values`` is not such an array
        :raises TypeError: if the values are not integers
        :raises MetatensorError: if the name is invalid or already used
        """
        self._check()
        names = list(self._dims.names)
        size = len(names)
        position = index + size if index < 0 else index
        if not 0 <= position <= size:
            raise IndexError(
                f"can not insert a dimension at index {index} in Labels with {size} dimensions"
            )
        if not isinstance(name, str):
            raise TypeError(f"the name of a dimension must be a string, got {type_name(name)}")
        names.insert(position, name)
        dims = core.dimensions(tuple(names))

        column = _new_column(self, values)
        result = self._engine.insert_column(self._values, position, column)
        # rows which were unique stay so with one more value
        return self._from_parts(dims, self._engine.freeze(result), self._engine)

    def remove(self, name: str) -> Self:
        """Labels without one of the dimensions.

        :raises ValueError: if there is no dimension with this name
        :raises MetatensorError: if the remaining values are not unique
        """
        self._check()
        removed = column_index(self._dims.names, name)
        columns = [i for i in range(len(self._dims.names)) if i != removed]
        dims = core.dimensions(tuple(self._dims.names[i] for i in columns))
        if columns:
            values = self._engine.take_columns(self._values, columns)
        else:
            values = self._engine.empty_labels(self._values, 0)
        values = self._engine.freeze(values)
        handle = None
        if values.shape[0] > 1:
            array = core.labels_array(values)
            handle = core.make_handle(dims, array, check_unique=True)
        return self._from_parts(dims, values, self._engine, handle)

    def rename(self, old: str, new: str) -> Self:
        """Labels where the dimension ``old`` is called ``new``, sharing the values.

        :raises ValueError: if there is no dimension with the name ``old``
        :raises MetatensorError: if the new name is invalid or already used
        """
        self._check()
        if not isinstance(new, str):
            raise TypeError(f"the name of a dimension must be a string, got {type_name(new)}")
        names = list(self._dims.names)
        names[column_index(names, old)] = new
        dims = core.dimensions(tuple(names))
        return self._from_parts(dims, self._values, self._engine)

    def permute(self, dimensions_indexes: Sequence[int]) -> Self:
        """Labels with the dimensions in another order.

        :param dimensions_indexes: for each new dimension, the position of the old one,
            counted from the end if negative
        :raises ValueError: if there is not one index per dimension, or an index is there
            twice
        :raises IndexError: if an index is out of range
        :raises TypeError: if an index is not an integer
        """
        self._check()
        size = len(self._dims.names)
        given = list(dimensions_indexes)
        if len(given) != size:
            raise ValueError(f"can not permute {size} dimensions with {len(given)} indexes")
        indexes = [operator.index(index) for index in given]
        for index in indexes:
            if not -size <= index < size:
                raise IndexError(f"index {index} is out of range for Labels with {size} dimensions")
        columns = [index % size for index in indexes]
        if len(set(columns)) != size:
            raise ValueError(f"the same dimension is there twice in {indexes}")
        dims = core.dimensions(tuple(self._dims.names[i] for i in columns))
        values = self._engine.take_columns(self._values, columns)
        return self._from_parts(dims, self._engine.freeze(values), self._engine)


def _new_column(labels: LabelsBase, values: Any) -> Any:
    """Check the values of a new dimension, and bring them where the labels are."""
    engine = find_engine(values)
    if engine is None:
        raise ValueError(f"the values of a dimension must be a 1-D array, got {type_name(values)}")
    shape = engine.shape(values)
    if len(shape) != 1:
        raise ValueError(
            f"the values of a dimension must be a 1-D array, got {len(shape)} dimensions"
        )
    if shape[0] != len(labels):
        raise ValueError(
            f"the values of a dimension must have one value per entry: got {shape[0]} "
            f"values for {len(labels)} entries"
        )
    column = engine.labels_values(values)
    if engine is not labels._engine:
        column = labels._engine.from_numpy(engine.to_host(column))
    return labels._engine.to(column, device=labels._engine.device(labels._values))
