"""Tensor maps: blocks indexed by keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from . import _convert, _moves, _pickle, _print
from ._block import TensorBlock
from ._block_base import BlockState
from ._blocks_input import checked_blocks
from ._checks import check_map, type_name
from ._labels import Labels
from ._map_tables import MapTables
from ._operators import MapOperators
from ._selection import (
    KeyIndex,
    as_position,
    check_position,
    find_blocks,
    merge_selection,
    positions_from_sequence,
)

if TYPE_CHECKING:
    from ._labels_entry import LabelsEntry
    from .io import BinaryFile, BinaryPath


class TensorMap(MapOperators, MapTables):
    """Block-sparse tensor: a block for each of the ``keys``.

    All blocks have the same dtype, device and array library, the same names of samples,
    components and properties, and the same gradients. The blocks given here are shared
    with the map: they still show the same arrays, and can not get new gradients.

    :param keys: labels with one entry for each block
    :param blocks: blocks of the map, in the order of the keys
    :raises TypeError: if an argument does not have the right type
    :raises ValueError: if the same block is given twice, or the dtype of the values is
        not a numeric one
    :raises MetatensorError: if the blocks do not correspond to the keys or to each
        other

    >>> import numpy as np
    >>> from metatensor import Labels, TensorBlock, TensorMap
    >>> block = TensorBlock(
    ...     np.array([[1.0]]), Labels.range("atom", 1), [], Labels.range("n", 1)
    ... )
    >>> tensor = TensorMap(Labels(["type"], np.array([[6]])), [block])
    >>> print(tensor)
    TensorMap with 1 block
        keys: [type]
        blocks:
           6   => TensorBlock with shape (1, 1)
    """

    __slots__ = ()

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, keys: Labels, blocks: Sequence[TensorBlock]) -> None:
        self._empty()
        if not isinstance(keys, Labels):
            raise TypeError(f"`keys` must be metatensor Labels, got {type_name(keys)}")
        contents = checked_blocks(blocks)
        check_map(keys, contents)
        self._fill(keys, contents, {}, KeyIndex())

    # --------------------------------------------------------------- keys and blocks

    def __len__(self) -> int:
        """Number of blocks."""
        return len(self.keys)

    def __iter__(self) -> Iterator[TensorBlock]:
        """Iterate over the blocks, in the order of the keys."""
        for block in self._loaded_blocks():
            yield TensorBlock._show(block, self)

    def __getitem__(self, selection: Any) -> TensorBlock:
        """Same as :py:meth:`block`."""
        return self.block(selection)

    def items(self) -> Iterator[tuple[LabelsEntry, TensorBlock]]:
        """Iterate over the keys and the corresponding blocks."""
        entries = self._index.entries(self.keys)
        blocks: list[Any] = []
        # written out, and at once: calling functions to make blocks takes as long as the rest
        for data in self._loaded_blocks():
            block = BlockState()
            block._data = data
            block._parent = self
            if not data.external:
                block.values = data.values
            block.__class__ = TensorBlock
            blocks.append(block)
        return zip(entries, blocks, strict=False)

    def block_by_id(self, index: int) -> TensorBlock:
        """Get the block at a given position, as a view.

        :raises IndexError: if there is no such block
        """
        position = as_position(index)
        if position is None:
            raise TypeError(f"the index must be an integer, got {type_name(index)}")
        blocks = self._loaded_blocks()
        return TensorBlock._show(blocks[check_position(position, len(blocks))], self)

    def blocks_by_id(self, indices: Sequence[int]) -> list[TensorBlock]:
        """Get the blocks at the given positions, as views.

        :raises IndexError: if there are no such blocks
        """
        return [self.block_by_id(index) for index in indices]

    def block(self, selection: Any = None, **kwargs: int) -> TensorBlock:
        """Get the only block matching a selection, as a view.

        :param selection: position of the block, or selection on the keys: a dict, a
            :py:class:`LabelsEntry` or :py:class:`Labels`, using any of the dimensions
            of the keys
        :param kwargs: other way of writing a dict as selection
        :raises TypeError: if the selection is something else
        :raises IndexError: if there is no block at this position
        :raises ValueError: if no block or several blocks match the selection
        :raises MetatensorError: if a name is not the name of a dimension of the keys

        >>> import numpy as np
        >>> block = TensorBlock(
        ...     np.array([[1.0]]), Labels.range("atom", 1), [], Labels.range("n", 1)
        ... )
        >>> tensor = TensorMap(Labels(["type"], np.array([[6]])), [block])
        >>> tensor.block(0).shape
        (1, 1)
        >>> tensor.block(type=6).shape
        (1, 1)
        """
        selection = merge_selection(selection, kwargs)
        position = as_position(selection)
        if position is not None:
            return self.block_by_id(position)
        found = find_blocks(selection, self.keys, self._index)
        return self.block_by_id(found.single(len(self)))

    def blocks(self, selection: Any = None, **kwargs: int) -> list[TensorBlock]:
        """Get all blocks matching a selection, as views.

        :param selection: as for :py:meth:`block`, or a list of positions
        :param kwargs: other way of writing a dict as selection
        :raises TypeError: if the selection is something else
        :raises IndexError: if there is no block at a position
        :raises ValueError: if no block matches the selection
        :raises MetatensorError: if a name is not the name of a dimension of the keys
        """
        selection = merge_selection(selection, kwargs)
        position = as_position(selection)
        if position is not None:
            return [self.block_by_id(position)]
        positions: Sequence[int] | None = positions_from_sequence(selection)
        if positions is None:
            positions = find_blocks(selection, self.keys, self._index).several(len(self))
        return self.blocks_by_id(positions)

    # --------------------------------------------------------------- common metadata

    @property
    def sample_names(self) -> list[str]:
        """Names of the samples of all blocks, empty without blocks."""
        first = self._first_labels()
        return [] if first is None else list(first[0].names)

    @property
    def component_names(self) -> list[str]:
        """Names of the components of all blocks, empty without blocks."""
        first = self._first_labels()
        return [] if first is None else [labels.names[0] for labels in first[1]]

    @property
    def property_names(self) -> list[str]:
        """Names of the properties of all blocks, empty without blocks."""
        first = self._first_labels()
        return [] if first is None else list(first[2].names)

    @property
    def dtype(self) -> Any:
        """Dtype of all blocks, ``None`` without blocks."""
        return self.block_by_id(0).dtype if len(self) else None

    @property
    def device(self) -> Any:
        """Device of all blocks, ``"cpu"`` without blocks."""
        return self.block_by_id(0).device if len(self) else "cpu"

    @property
    def is_view(self) -> bool:
        """Whether this map shows memory which belongs to something else."""
        self.keys  # noqa: B018  (raises if this was released)
        return self._parent is not None

    def set_info(self, key: str, value: str) -> None:
        """Set global metadata of this map.

        :raises TypeError: if ``key`` or ``value`` is not a string
        """
        self.keys  # noqa: B018  (raises if this was released)
        self._info.set(self._handle, key, value)

    def get_info(self, key: str) -> str | None:
        """Get global metadata of this map, ``None`` if nothing was set for ``key``."""
        self.keys  # noqa: B018  (raises if this was released)
        return self._info.get(self._handle, key)

    def info(self) -> dict[str, str]:
        """Get all global metadata of this map, as a new dict."""
        self.keys  # noqa: B018  (raises if this was released)
        return self._info.all(self._handle)

    # ------------------------------------------------------------ moving dimensions

    def keys_to_samples(
        self,
        keys_to_move: str | Sequence[str] | Labels,
        *,
        fill_value: Any = 0.0,
        sort_samples: bool = True,
    ) -> TensorMap:
        """Merge blocks along the samples: key dimensions become sample dimensions.

        When the merged blocks have different properties, the result has their union.

        :param keys_to_move: names of the key dimensions to move, or Labels with these
            names and no entries
        :param fill_value: value of the properties which a block does not have,
            converted to the dtype of the blocks
        :param sort_samples: should the new samples be sorted, or follow the order of
            the blocks?
        :raises TypeError: if an argument does not have the right type
        :raises ValueError: if the fill value is no valid number for this dtype
        :raises MetatensorError: if there are no blocks, the names are not dimensions
            of the keys, or the blocks can not be merged
        """
        return _moves.move_keys("keys_to_samples", self, keys_to_move, fill_value, sort_samples)

    def keys_to_properties(
        self,
        keys_to_move: str | Sequence[str] | Labels,
        *,
        fill_value: Any = 0.0,
        sort_samples: bool = True,
    ) -> TensorMap:
        """Merge blocks along the properties: key dimensions become property dimensions.

        When the merged blocks have different samples, the result has their union.

        :param keys_to_move: names of the key dimensions to move, or Labels with these
            names. The entries of such Labels, if any, are the values of the keys in
            the properties of all resulting blocks.
        :param fill_value: value of the samples which a block does not have, converted
            to the dtype of the blocks
        :param sort_samples: should the new samples be sorted, or follow the order of
            the blocks?
        :raises TypeError: if an argument does not have the right type
        :raises ValueError: if the fill value is no valid number for this dtype
        :raises MetatensorError: if there are no blocks, the names are not dimensions
            of the keys, or the blocks can not be merged
        """
        return _moves.move_keys("keys_to_properties", self, keys_to_move, fill_value, sort_samples)

    def components_to_properties(self, dimensions: str | Sequence[str]) -> TensorMap:
        """Move components to the properties, where they become the first dimensions.

        :param dimensions: names of the components to move
        :raises TypeError: if ``dimensions`` contains something else than names
        :raises MetatensorError: if a block does not have such a component
        """
        return _moves.move_components(self, dimensions)

    # ------------------------------------------------------------ copies, conversions

    def copy(self, deep: bool = True) -> TensorMap:
        """Get a new map, which is never a view. The labels are shared, info is kept.

        :param deep: should the values and gradients be copied, or shared with the new
            map?
        """
        blocks = [_convert.copy_block(data, deep) for data in self._loaded_blocks()]
        return TensorMap._from_data(self.keys, blocks, self.info(), self._index)

    def __copy__(self) -> TensorMap:
        return self.copy(deep=False)

    def __deepcopy__(self, memo: dict[int, Any]) -> TensorMap:
        return self.copy(deep=True)

    def to(
        self,
        *args: Any,
        dtype: Any = None,
        device: Any = None,
        arrays: str | None = None,
        non_blocking: bool = False,
    ) -> TensorMap:
        """Move keys and blocks to another dtype, device and/or array library.

        The dtype and device can also be given as positional arguments, in any order.
        What does not have to change is shared with this map, and the info is kept.

        :param dtype: new dtype of the values and gradients
        :param device: new device of the values, gradients and labels
        :param arrays: name of the new array library: ``"numpy"``, ``"torch"``, ``"jax"``,
            ``"cupy"``, or a namespace of the array API standard. torch needs labels in
            tensors; with all others, labels become numpy arrays
        :param non_blocking: for torch, do not wait for the end of copies from the host
        :raises TypeError: if an argument is neither a dtype nor a device
        :raises ValueError: if an argument is given twice, or can not be honoured
        :raises ModuleNotFoundError: if torch is requested but not installed
        """
        request = _convert.Request.parse("TensorMap.to", args, dtype, device, arrays, non_blocking)
        blocks = self._loaded_blocks()
        keys = request.labels(self.keys, blocks[0].values if blocks else None)
        blocks = [request.block(block) for block in blocks]
        return TensorMap._from_data(keys, blocks, self.info(), self._index)

    # -------------------------------------------------------------- files and pickles

    def save(self, file: BinaryPath | BinaryFile, use_numpy: bool = False) -> None:
        """Save this map, see :py:func:`metatensor.save`."""
        from .io import save

        save(file, self, use_numpy=use_numpy)

    def save_buffer(self, use_numpy: bool = False) -> memoryview:
        """Save this map in memory, see :py:func:`metatensor.io.save_buffer`."""
        from .io import save_buffer

        return save_buffer(self, use_numpy=use_numpy)

    @staticmethod
    def load(file: BinaryPath | BinaryFile, use_numpy: bool = False) -> TensorMap:
        """Load a tensor map, see :py:func:`metatensor.load`."""
        from .io import load

        return load(file, use_numpy=use_numpy)

    @staticmethod
    def load_buffer(buffer: Any, use_numpy: bool = False) -> TensorMap:
        """Load a tensor map, see :py:func:`metatensor.io.load_buffer`."""
        from .io import load_buffer

        return load_buffer(buffer, use_numpy=use_numpy)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _pickle.reduce(self, protocol)

    def __reduce__(self) -> tuple[Any, ...]:
        return _pickle.reduce(self, 4)

    @classmethod
    def _from_pickle(cls, buffer: Any, engines: Any = None) -> TensorMap:
        from .io import load_buffer

        tensor = load_buffer(buffer)
        return tensor if engines is None else _pickle.restore_map(tensor, engines)

    # ----------------------------------------------------------------------- printing

    def print(self, max_keys: int) -> str:
        """Text describing this map.

        :param max_keys: maximal number of blocks in the text, negative for all
        """
        return _print.print_map(self, max_keys)

    def __repr__(self) -> str:
        return _print.print_map(self, -1)

    def __str__(self) -> str:
        return _print.print_map(self, 7)

    def _repr_html_(self) -> str:
        from . import _html

        return _html.show_map(self)


TensorMap.__module__ = "metatensor"
