"""What the rest of the package needs to know of an array library."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

#: Device as in DLPack: type and index
DLPackDevice = tuple[int, int]
#: dtype as in DLPack: code, bits and lanes
DLPackDtype = tuple[int, int, int]

CPU: DLPackDevice = (1, 0)
#: Device of arrays without data whose values will be anywhere (when tracing)
ANY_DEVICE: DLPackDevice = (-1, 0)

#: Movements of data as rows ``[sample_in, sample_out, properties_start_in,
#: properties_start_out, properties_length]``
Movements = npt.NDArray[np.int64]


class Engine(ABC):
    """Adapter for one array library.

    Functions taking an array only get arrays for which :py:meth:`is_array` is true.
    None of them changes its argument, unless told otherwise.
    """

    #: Name of the module of the library, also accepted by ``.to(arrays=…)``
    name: str
    #: Name of the data origin of the arrays in the C API
    origin: str
    #: Types of arrays (first one) that are recognised without looking further
    array_type: type
    #: Can the labels of such arrays be on the host, wherever the arrays are?
    host_labels: bool = False
    #: Are arrays for the C library put together once it moved all data to them?
    defers: bool = False
    #: Is the memory which is exported not to be written to?
    immutable: bool = False

    def moves_in_place(self, arrays: Sequence[Any]) -> bool:
        """Say if data of these arrays can be written to an array where assembling is better."""
        return False

    # ----------------------------------------------------------- recognising things
    def is_array(self, value: object) -> bool:
        """Say if ``value`` is an array of this library."""
        return isinstance(value, self.array_type)

    @abstractmethod
    def is_dtype(self, value: object) -> bool:
        """Say if ``value`` is an instance of the dtype class of this library."""

    @abstractmethod
    def is_device(self, value: object) -> bool:
        """Say if ``value`` is an instance of the device class of this library."""

    def operations(self) -> str:
        """Name of the adapter of ``metatensor.operations`` for what runs now."""
        return self.name

    def index(self, index: npt.NDArray[np.int64], like: Any) -> Any:
        """Indices for ``like``, where it is: numpy arrays are fine for most libraries."""
        return index

    # -------------------------------------------------------------------- attributes
    def shape(self, array: Any) -> tuple[int, ...]:
        """Shape of the array, as Python integers."""
        return tuple(array.shape)

    def dtype(self, array: Any) -> Any:
        """Type of the elements, as this library calls it."""
        return array.dtype

    @abstractmethod
    def device(self, array: Any) -> Any:
        """Device of the array, as this library calls it."""

    def place(self, array: Any) -> str:
        """Library and device of the array as text, without the device if it is the first CPU."""
        return self.name

    @abstractmethod
    def dlpack_device(self, array: Any) -> DLPackDevice:
        """Device of the array, for DLPack; ``ANY_DEVICE`` if it is not known yet."""

    @abstractmethod
    def dlpack_dtype(self, array: Any) -> DLPackDtype:
        """Type of the elements, for DLPack.

        :raises ValueError: if DLPack does not know this dtype
        """

    @abstractmethod
    def is_contiguous(self, array: Any) -> bool:
        """Say if the array is stored in row-major order, without gaps."""

    # ------------------------------------------------------------ copies, conversions
    @abstractmethod
    def copy(self, array: Any) -> Any:
        """New array with the same data, on the same device."""

    @abstractmethod
    def copy_to(self, array: Any, device: DLPackDevice) -> Any:
        """New array with the same data, on the given device.

        :raises ValueError: if this library can not use the device
        """

    @abstractmethod
    def to(
        self,
        array: Any,
        dtype: Any = None,
        device: Any = None,
        non_blocking: bool = False,
    ) -> Any:
        """Array with the given dtype and device (``None``: as it is).

        :returns: ``array`` itself if nothing has to change
        :raises TypeError: if ``dtype`` is not a dtype of this library
        :raises ValueError: if this library can not use the device
        """

    @abstractmethod
    def to_numpy(self, array: Any) -> npt.NDArray[Any]:
        """The data of a CPU array as a numpy array, sharing memory if possible."""

    def to_host(self, array: Any) -> npt.NDArray[Any]:
        """The data of an array as a numpy array, fetched from the device if needed."""
        return self.to_numpy(array)

    @abstractmethod
    def from_numpy(self, array: npt.NDArray[Any]) -> Any:
        """CPU array with the data of ``array``, sharing memory if it is writable."""

    def from_numpy_as(self, array: npt.NDArray[Any], dtype: Any) -> Any:
        """Same as :py:meth:`from_numpy`, then changing the dtype unless it is ``None``."""
        converted = self.from_numpy(array)
        return converted if dtype is None else self.to(converted, dtype)

    def from_device(self, array: Any) -> Any:
        """Array with the data of another library, staying on its device (not the CPU)."""
        return self.from_dlpack(array, read_only=True)

    def tolist(self, array: Any) -> Any:
        """The elements as nested lists of Python numbers."""
        return array.tolist()

    # ------------------------------------------------------------------- for labels
    def item(self, array: Any, index: Any) -> Any:
        """``array[index]``, which is known even when computations are being traced."""
        return array[index]

    def rows(self, array: Any) -> Iterable[Any]:
        """The items of ``array`` along the first axis, known in the same way."""
        return array  # type: ignore[no-any-return]

    @abstractmethod
    def labels_values(self, array: Any) -> Any:
        """Check integers given by a user, and make a private int32 array of them.

        Later changes of ``array`` do not change the result.

        :param array: integers of any type
        :raises TypeError: if ``array`` does not contain integers
        :raises ValueError: if a value does not fit in 32-bit, or gradients are required
        """

    @abstractmethod
    def empty_labels(self, like: Any, size: int) -> Any:
        """New ``(0, size)`` int32 array on the device of ``like``."""

    @abstractmethod
    def freeze(self, array: Any) -> Any:
        """Make an array nobody else refers to read-only, if the library can do so."""

    @abstractmethod
    def equal(self, first: Any, second: Any) -> bool:
        """Say if these two arrays have the same shape and values."""

    @abstractmethod
    def take_columns(self, array: Any, columns: Sequence[int]) -> Any:
        """New contiguous array with some of the columns of a 2-D array."""

    @abstractmethod
    def insert_column(self, array: Any, index: int, column: Any) -> Any:
        """New contiguous array with a column added before ``index``."""

    # ------------------------------------------------------------------- for the core
    @abstractmethod
    def reshape(self, array: Any, shape: Sequence[int]) -> Any:
        """Array with the same elements in row-major order, and another shape."""

    @abstractmethod
    def swap_axes(self, array: Any, axis_1: int, axis_2: int) -> Any:
        """Array with two axes exchanged."""

    @abstractmethod
    def full(self, like: Any, shape: Sequence[int], fill_value: Any) -> Any:
        """New array with the dtype and device of ``like``, filled with one value.

        :param fill_value: 0-d CPU array of this library
        """

    @abstractmethod
    def concatenate(self, arrays: Sequence[Any], axis: int) -> Any:
        """New array with these ones along one axis; they have the same dtype."""

    @abstractmethod
    def take_rows(self, array: Any, rows: npt.NDArray[np.int64]) -> Any:
        """New array with some of the items along the first axis."""

    @abstractmethod
    def permute(self, array: Any, axes: Sequence[int]) -> Any:
        """Array with the axes in another order."""

    @abstractmethod
    def move_data(self, output: Any, source: Any, movements: Movements) -> Any:
        """Copy ranges of properties from samples of ``source`` to ``output``.

        This is not called for immutable arrays. ``output`` is changed, and returned.
        """

    @abstractmethod
    def to_dlpack(self, array: Any, device: DLPackDevice, stream: Any) -> Any:
        """Array to export with DLPack: ``array``, or a copy on ``device``.

        :raises ValueError: if this library can not use the device or stream
        """

    @abstractmethod
    def from_dlpack(self, exporter: Any, read_only: bool) -> Any:
        """Array of this library with the data of an object with ``__dlpack__``."""


def move_in_place(output: Any, source: Any, movements: Movements) -> Any:
    """``move_data`` for arrays which are indexed as those of numpy."""
    for group in group_movements(movements):
        samples_in, samples_out, properties_in, properties_out = group
        rows_in: Any = contiguous_range(samples_in)
        rows_out: Any = contiguous_range(samples_out)
        rows_in = samples_in if rows_in is None else rows_in
        rows_out = samples_out if rows_out is None else rows_out
        output[rows_out, ..., properties_out] = source[rows_in, ..., properties_in]
    return output


def contiguous_range(indices: npt.NDArray[np.int64]) -> slice | None:
    """The slice which selects the same items as ``indices``, if there is one."""
    first, count = int(indices[0]), len(indices)
    if int(indices[-1]) - first != count - 1:
        return None
    if count > 2 and not bool((np.diff(indices) == 1).all()):
        return None
    return slice(first, first + count)


def group_movements(
    movements: Movements,
) -> list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], slice, slice]]:
    """Group movements which share their range of properties.

    :returns: for each group, samples and properties of the input, then of the output,
        as ``(samples_in, samples_out, properties_in, properties_out)``
    """
    ranges = movements[:, 2:]
    if bool((ranges == ranges[0]).all()):
        groups = [(ranges[0], movements)]
    else:
        unique, inverse = np.unique(ranges, axis=0, return_inverse=True)
        inverse = inverse.reshape(-1)
        order = np.argsort(inverse, kind="stable")
        bounds = np.searchsorted(inverse[order], np.arange(len(unique) + 1))
        groups = [
            (unique[i], movements[order[bounds[i] : bounds[i + 1]]]) for i in range(len(unique))
        ]

    result = []
    for (start_in, start_out, length), rows in groups:
        properties_in = slice(int(start_in), int(start_in + length))
        properties_out = slice(int(start_out), int(start_out + length))
        result.append((rows[:, 0], rows[:, 1], properties_in, properties_out))
    return result
