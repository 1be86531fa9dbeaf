"""Parts of the engines whose labels are handled on the host."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ._base import Engine
from .numpy import ENGINE as NUMPY


class HostLabelsEngine(Engine):
    """Engine of arrays which may have labels on the host, whatever their device.

    Labels made of such arrays keep them, and everything is computed with numpy.
    """

    host_labels = True

    @abstractmethod
    def to_host(self, array: Any) -> npt.NDArray[Any]:
        """The data of an array as a numpy array, fetched from the device if needed."""

    @abstractmethod
    def from_host(self, array: npt.NDArray[Any], like: Any) -> Any:
        """New array on the device of ``like``, which shares no memory."""

    def host_dtype(self, array: Any) -> np.dtype[Any]:
        """Type of the elements, as numpy calls it."""
        dtype: np.dtype[Any] = array.dtype
        return dtype

    def to_numpy(self, array: Any) -> npt.NDArray[Any]:
        return self.to_host(array)

    def tolist(self, array: Any) -> Any:
        return self.to_host(array).tolist()

    def labels_values(self, array: Any) -> Any:
        return self.from_host(NUMPY.labels_values(self.to_host(array)), array)

    def empty_labels(self, like: Any, size: int) -> Any:
        return self.from_host(np.empty((0, size), dtype=np.int32), like)

    def freeze(self, array: Any) -> Any:
        return array

    def equal(self, first: Any, second: Any) -> bool:
        if first is second:
            return True
        return bool(np.array_equal(self.to_host(first), self.to_host(second)))

    def take_columns(self, array: Any, columns: Sequence[int]) -> Any:
        return self.from_host(NUMPY.take_columns(self.to_host(array), columns), array)

    def insert_column(self, array: Any, index: int, column: Any) -> Any:
        columns = NUMPY.insert_column(self.to_host(array), index, self.to_host(column))
        return self.from_host(columns, array)
