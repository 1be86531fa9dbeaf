"""Labels: the metadata of blocks and tensor maps."""

from pathlib import Path
from typing import Any, BinaryIO, Iterable, Iterator, Optional, Sequence, Union

import numpy as np
import numpy.typing as npt

from . import _labels_core as core
from ._arrays import Array, engine_by_name, find_engine
from ._arrays._registry import type_name
from ._c_api import mts_array_t
from ._labels_edit import LabelsEdit
from ._labels_entry import LabelsEntry, column_index, host_array
from ._labels_input import check_values, entry_values, few_unique_rows, fits_int32
from ._labels_print import print_labels
from ._labels_sets import LabelsSets
from ._labels_tables import LabelsTables
from ._pytrees import notice_libraries
from ._to import parse_to_arguments


class Labels(LabelsSets, LabelsEdit, LabelsTables):
    """Set of labels: a 2-D table of integers with named columns and unique rows.

    The columns are called *dimensions* and the rows *entries*. Labels can not be
    changed: the methods which look like they do so give new labels.

    >>> import numpy as np
    >>> from metatensor import Labels
    >>> labels = Labels(["atom", "shell"], np.array([[7, 0], [12, -3], [6, 2]]))
    >>> print(labels)
    Labels
        atom  shell
         7      0
         12    -3
         6      2
    >>> labels.position([12, -3])
    1
    >>> print(labels["atom"])
    [ 7 12  6]

    :param names: names of the dimensions. A string is a single name, or no name at all
        if it is empty
    :param values: 2-D array of integers, one column per name, one row per entry. If
        there are no entries, its shape and dtype are ignored. Numpy arrays become
        read-only; the values are copied unless they already come from labels, so later
        changes of ``values`` do not reach the labels
    :param assume_unique: do not check that rows are unique, nor read the data. This is
        needed for tensors on the ``meta`` device. It is up to the caller to only give
        unique rows
    :raises TypeError: if ``names`` are not strings, or values are not integers
    :raises ValueError: if ``values`` is not an array, has a wrong shape, does not fit in
        32-bit integers or requires gradients
    :raises MetatensorError: if a name is invalid or used twice, or an entry is there
        twice
    """

    __slots__ = ()

    def __init__(
        self,
        names: Union[str, Iterable[str]],
        values: Union[Array, mts_array_t],
        assume_unique: bool = False,
    ) -> None:
        notice_libraries()
        dims = core.parse_names(names)
        if isinstance(values, mts_array_t):
            handle = core.adopt_array(dims, values, assume_unique)
            self._fill(*core.recover(handle), handle)
            return

        engine = find_engine(values)
        if engine is None:
            raise ValueError(
                "Labels values must be an array of a supported library "
                f"(numpy, torch, …), got {type_name(values)}"
            )
        values = check_values(dims, values, engine)
        unique = assume_unique or few_unique_rows(values, engine)
        checked = None
        if not unique:
            checked = core.make_handle(dims, core.labels_array(values), check_unique=True)
        self._fill(dims, values, engine, checked)

    # ------------------------------------------------------------------ constructors
    @staticmethod
    def single() -> "Labels":
        """Labels with one entry, for when there is nothing to say.

        >>> print(Labels.single())
        Labels
            _
            0
        """
        return Labels("_", np.zeros((1, 1), dtype=np.int32))

    @staticmethod
    def empty(names: Union[str, Iterable[str]]) -> "Labels":
        """Labels with the given names and no entries."""
        dims = core.parse_names(names)
        engine = engine_by_name("numpy")
        return Labels._from_parts(dims, engine.empty_labels(None, len(dims.names)), engine)

    @staticmethod
    def range(name: str, end: int) -> "Labels":
        """Labels with one dimension, and entries from 0 to ``end - 1``.

        >>> len(Labels.range("atom", 12))
        12
        """
        # a list would be names, and an empty string no name
        dims = core.parse_names([name])
        engine = engine_by_name("numpy")
        values = engine.freeze(np.arange(end, dtype=np.int32).reshape(-1, 1))
        return Labels._from_parts(dims, values, engine)

    # -------------------------------------------------------------------- attributes
    @property
    def names(self) -> list[str]:
        """Names of the dimensions."""
        return list(self._dims.names)

    @property
    def device(self) -> Any:
        """Device of the values, ``"cpu"`` for numpy arrays."""
        return self._engine.device(self._values)

    def __iter__(self) -> Iterator[LabelsEntry]:
        self._check()
        names, engine = self._dims.names, self._engine
        return (LabelsEntry._from_row(names, row, engine) for row in engine.rows(self._values))

    def __getitem__(self, index: Union[str, int]) -> Any:
        """Column with the given name, or :py:class:`LabelsEntry` at the given position.

        :raises TypeError: if ``index`` is neither a string nor an integer
        """
        if isinstance(index, str):
            return self.column(index)
        return self.entry(index)

    def entry(self, index: int) -> LabelsEntry:
        """Entry at the given position, from the end if negative.

        :raises IndexError: if there is no such entry
        :raises TypeError: if ``index`` is not an integer
        """
        if not isinstance(index, (int, np.signedinteger)):
            raise TypeError(
                f"the index of an entry of Labels must be an integer, got {type_name(index)}"
            )
        count = len(self)
        if not -count <= index < count:
            raise IndexError(f"index {index} is out of range for Labels with {count} entries")
        row = self._engine.item(self._values, int(index))
        return LabelsEntry._from_row(self._dims.names, row, self._engine)

    def column(self, dimension: str) -> Array:
        """1-D array with the values of one dimension, read-only for numpy arrays.

        :param dimension: name of the dimension
        :raises ValueError: if there is no dimension with this name
        :raises TypeError: if ``dimension`` is not a string
        """
        self._check()
        if not isinstance(dimension, str):
            raise TypeError(f"the name of a dimension must be a string, got {type_name(dimension)}")
        column = column_index(self._dims.names, dimension)
        return self._engine.item(self._values, (slice(None), column))

    def position(self, entry: Union[LabelsEntry, Sequence[int], Array]) -> Optional[int]:
        """Position of an entry, ``None`` if it is not there.

        :param entry: one integer per dimension; the names of a :py:class:`LabelsEntry`
            do not matter
        :raises MetatensorError: if there is not one value per dimension
        :raises TypeError: if ``entry`` is not made of integers
        """
        self._check()
        row = entry_values(entry)
        # rows of a wrong length are for the core to refuse
        if len(row) == len(self._dims.names) and not fits_int32(row):
            return None
        return core.position(self.as_mts_labels_t(), row)

    def __contains__(self, entry: Any) -> bool:
        return self.position(entry) is not None

    # -------------------------------------------------------------------- comparison
    def __eq__(self, other: object) -> bool:
        """Same names and same entries, in the same order.

        The library and device of the values do not matter.

        :raises TypeError: if ``other`` is not Labels
        """
        if not isinstance(other, Labels):
            raise TypeError(f"can only compare Labels to Labels, got {type_name(other)}")
        self._check()
        other._check()
        if self._dims.names != other._dims.names:
            return False
        first, second = self._values, other._values
        if first is second:
            return True
        if tuple(first.shape) != tuple(second.shape):
            return False
        if self._engine is other._engine:
            return self._engine.equal(first, second)
        first = self._engine.to_host(first)
        return bool(np.array_equal(first, other._engine.to_host(second)))

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = None  # type: ignore[assignment]

    # ---------------------------------------------------------------------- printing
    def print(self, max_entries: int, indent: int = 0) -> str:
        """Format these labels as a table.

        :param max_entries: number of entries to show (at least two), all if negative
        :param indent: number of spaces in front of all lines but the first
        """
        self._check()
        values = self._engine.to_host(self._values)
        return print_labels(self._dims.names, values, max_entries, indent)

    def __repr__(self) -> str:
        return self._format(-1)

    def __str__(self) -> str:
        return self._format(4)

    def _format(self, max_entries: int) -> str:
        if self._released:
            return "Labels(<empty>)"
        if self._is_meta():
            return f"Labels({', '.join(self.names)}) without data, on the meta device"
        return f"Labels\n   {self.print(max_entries, 3)}"

    def _is_meta(self) -> bool:
        return self._engine.name == "torch" and self._values.device.type == "meta"

    def _repr_html_(self) -> str:
        from . import _html

        html: str = _html.show_labels(self)
        return html

    # -------------------------------------------------------------------- conversion
    def to(
        self,
        *args: Any,
        dtype: Any = None,
        device: Any = None,
        arrays: Optional[str] = None,
        non_blocking: bool = False,
    ) -> "Labels":
        """Move the values to another device or array library.

        :param args: at most one device
        :param dtype: only there to give a clear error: labels are always int32
        :param device: device for the values
        :param arrays: name of an array library: ``"numpy"``, ``"torch"``, ``"jax"``,
            ``"cupy"``, or a namespace of the array API standard
        :param non_blocking: do not wait for the copy to finish, if torch can do so
        :returns: ``self`` if nothing has to change
        :raises ValueError: for a dtype, or for a device which can not be used
        """
        self._check()
        request = parse_to_arguments(
            "Labels.to",
            args,
            dtype=dtype,
            device=device,
            arrays=arrays,
            non_blocking=non_blocking,
        )
        if request.dtype is not None:
            raise ValueError(
                f"can not change the dtype of Labels to '{request.dtype}': "
                "the values are always 32-bit integers"
            )
        values = request.apply(self._values)
        if values is self._values:
            return self
        engine = find_engine(values)
        assert engine is not None
        if engine.name == "numpy":
            # the memory still belongs to a tensor which can be written to
            values = engine.freeze(np.array(values, order="C", copy=True))
        return Labels._from_parts(self._dims, values, engine)

    def pin_memory(self, device: Any = None) -> "Labels":
        """Copy to pinned memory, from where ``.to(device, non_blocking=True)`` does not wait.

        The thread of a :py:class:`torch.utils.data.DataLoader` with ``pin_memory=True`` calls
        this. Only tensors of torch are copied, with the same values.

        :param device: ignored, as for tensors
        :returns: ``self`` if everything is in pinned memory
        :raises RuntimeError: for tensors which are not on CPU, or without an accelerator
        """
        from ._pin import are_pinned_labels, pin_array

        self._check()
        if are_pinned_labels(self):
            return self
        return Labels._from_parts(self._dims, pin_array(self._values), self._engine)

    def is_pinned(self) -> bool:
        """Say if all tensors are in pinned memory; those without elements do not count."""
        from ._pin import is_pinned_array

        self._check()
        return is_pinned_array(self._values)

    def __array__(self, dtype: Any = None, copy: Any = None) -> npt.NDArray[Any]:
        self._check()
        return host_array(self._engine.to_host(self._values), dtype, copy)

    def __copy__(self) -> "Labels":
        self._check()
        handle = self._handle
        return Labels._from_parts(self._dims, self._values, self._engine, handle)

    def __deepcopy__(self, memo: Any) -> "Labels":
        return self.__copy__()

    # ----------------------------------------------------------------- serialization
    def save(self, file: Union[str, Path, BinaryIO]) -> None:
        """Save these labels to a file, see :py:func:`metatensor.save`."""
        from . import io

        io.save(file, self)

    def save_buffer(self) -> memoryview:
        """Save these labels in memory, see :py:func:`metatensor.io.save_buffer`."""
        from . import io

        buffer: memoryview = io.save_buffer(self)
        return buffer

    @staticmethod
    def load(file: Union[str, Path, BinaryIO]) -> "Labels":
        """Load labels from a file, see :py:func:`metatensor.load_labels`."""
        from . import io

        labels: Labels = io.load_labels(file)
        return labels

    @staticmethod
    def load_buffer(buffer: Any) -> "Labels":
        """Load labels from memory, see :py:func:`metatensor.io.load_labels_buffer`."""
        from . import io

        labels: Labels = io.load_labels_buffer(buffer)
        return labels

    def __reduce_ex__(self, protocol: Any) -> Any:
        import pickle

        buffer: Any = self.save_buffer()
        buffer = pickle.PickleBuffer(buffer) if protocol >= 5 else bytes(buffer)
        if self._engine.name == "numpy":
            return (Labels._from_pickle, (buffer,))
        return (Labels._from_pickle, (buffer, self._engine.place(self._values)))

    @classmethod
    def _from_pickle(cls, buffer: Any, arrays: Optional[str] = None) -> "Labels":
        """Make labels from the content of a pickle.

        :param buffer: bytes-like object with the serialized labels
        :param arrays: library and device, not there in files of older releases
        """
        from ._pickle import labels_at

        labels = Labels.load_buffer(buffer)
        return labels if arrays is None else labels_at(labels, arrays)


Labels.__module__ = "metatensor"
