"""Labels as columns: dictionaries, structured arrays, pandas."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from . import _labels_core as core
from ._arrays import find_engine
from ._arrays._registry import type_name
from ._labels_base import LabelsBase
from ._labels_entry import host_array

if TYPE_CHECKING:
    from typing_extensions import Self


class LabelsTables(LabelsBase):
    """Part of :py:class:`metatensor.Labels`: exchange with tables, and order of the entries."""

    __slots__ = ()

    @classmethod
    def from_dict(cls, columns: Mapping[str, Any]) -> Self:
        """Labels from the values of each dimension.

        >>> from metatensor import Labels
        >>> print(Labels.from_dict({"system": [0, 0, 1], "atom": [0, 1, 0]}))
        Labels
            system  atom
              0      0
              0      1
              1      0

        :param columns: for each dimension, a 1-D array or a list of integers
        :raises TypeError: if ``columns`` is not a mapping, or the values not integers
        :raises ValueError: if columns are not 1-D, or do not all have the same length
        :raises MetatensorError: if an entry is there twice, or a name is invalid
        """
        if not isinstance(columns, Mapping):
            raise TypeError(f"`columns` must be a dictionary, got {type_name(columns)}")
        names = list(columns)
        arrays = [_integer_column(name, column) for name, column in columns.items()]
        for name, array in zip(names, arrays, strict=True):
            if len(array) != len(arrays[0]):
                raise ValueError(
                    "all columns must have the same length, got "
                    f"{len(arrays[0])} values for '{names[0]}' and {len(array)} for '{name}'"
                )
        values = np.stack(arrays, axis=1) if arrays else np.empty((0, 0), dtype=np.int32)
        return cls(names, values)  # type: ignore[call-arg]

    def to_dict(self) -> dict[str, npt.NDArray[np.int32]]:
        """1-D numpy array with the values of each dimension; the inverse of ``from_dict``.

        The arrays are read-only.
        """
        values = self._host()
        return {name: values[:, i] for i, name in enumerate(self._dims.names)}

    def to_structured(self) -> npt.NDArray[np.void]:
        """1-D structured numpy array, one record for each entry, sharing the values.

        >>> import numpy as np
        >>> from metatensor import Labels
        >>> labels = Labels(["a", "b"], np.array([[1, 4], [1, 3]]))
        >>> labels.to_structured()["b"].tolist()
        [4, 3]

        :raises ValueError: if there are no dimensions
        """
        names = self._dims.names
        if not names:
            raise ValueError("Labels without dimensions can not become a structured array")
        values = np.ascontiguousarray(self._host())
        records: npt.NDArray[Any] = values.view([(name, np.int32) for name in names])
        return records.reshape(-1)

    @classmethod
    def from_pandas(cls, table: Any) -> Self:
        """Labels from the columns of a ``pandas.DataFrame`` or the levels of an ``Index``.

        The index of a data frame is not used: call ``reset_index`` to make columns of it.

        :raises TypeError: if ``table`` is something else, or its values are not integers
        :raises ValueError: if a level of the index has no name
        :raises MetatensorError: if an entry is there twice, or a name is invalid
        """
        import pandas as pd

        if isinstance(table, pd.Index):
            if any(name is None for name in table.names):
                raise ValueError(f"all levels of the index must have a name, got {table.names}")
            columns = {name: table.get_level_values(name) for name in table.names}
        elif isinstance(table, pd.DataFrame):
            columns = {name: table[name] for name in table.columns}
        else:
            raise TypeError(f"`table` must be a pandas DataFrame or Index, got {type_name(table)}")
        return cls.from_dict({name: column.to_numpy() for name, column in columns.items()})

    def to_pandas(self) -> Any:
        """``pandas.MultiIndex`` with one level per dimension; an ``Index`` if there is one.

        :raises ValueError: if there are no dimensions
        """
        import pandas as pd

        columns = self.to_dict()
        if not columns:
            raise ValueError("Labels without dimensions can not become a pandas index")
        if len(columns) == 1:
            ((name, column),) = columns.items()
            return pd.Index(column, name=name)
        return pd.MultiIndex.from_arrays(list(columns.values()), names=list(columns))

    def is_sorted(self) -> bool:
        """Whether entries are in lexicographic order."""
        return core.is_sorted(self.as_mts_labels_t())

    def argsort(self, descending: bool = False) -> npt.NDArray[np.int64]:
        """Positions of the entries, in lexicographic order.

        :param descending: start with the largest entry
        """
        return core.argsort(self.as_mts_labels_t(), len(self), descending)

    def sort(self, descending: bool = False) -> Self:
        """Labels with the same entries in lexicographic order; ``self`` if they are.

        >>> import numpy as np
        >>> from metatensor import Labels
        >>> labels = Labels(["a", "b"], np.array([[3, 1], [0, 7]]))
        >>> print(labels.sort())
        Labels
            a  b
            0  7
            3  1

        :param descending: start with the largest entry
        """
        if not descending and self.is_sorted():
            return self
        pointer = self.as_mts_labels_t()
        return self._from_owned_ptr(core.take(pointer, self.argsort(descending)))

    def _host(self) -> npt.NDArray[np.int32]:
        self._check()
        values: npt.NDArray[np.int32] = self._engine.to_host(self._values)
        if values.flags.writeable:
            # the memory of a tensor, which must not change
            values = host_array(values, None, True)
            values.flags.writeable = False
        return values


def _integer_column(name: str, column: Any) -> npt.NDArray[Any]:
    engine = find_engine(column)
    array = np.asarray(column) if engine is None else engine.to_host(column)
    if array.ndim != 1:
        raise ValueError(
            f"the values of '{name}' must be a 1-D array or a list, got {array.ndim} dimensions"
        )
    if array.size == 0:
        array = array.astype(np.int32)
    if array.dtype.kind not in "iub":
        raise TypeError(f"the values of '{name}' must be integers, got dtype '{array.dtype}'")
    return array
