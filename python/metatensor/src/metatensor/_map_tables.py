"""Maps as tables: selection by label, exchange with pandas and Arrow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, cast

from ._tensor_base import TensorMapBase

if TYPE_CHECKING:
    from ._sel import Selection
    from ._tensor import TensorMap


class MapTables(TensorMapBase):
    """Part of :py:class:`metatensor.TensorMap`: what users of pandas and xarray expect."""

    __slots__ = ()

    def sel(
        self,
        *,
        keys: Selection | None = None,
        samples: Selection | None = None,
        components: Selection | None = None,
        properties: Selection | None = None,
    ) -> TensorMap:
        """Map with the blocks and entries which have the given values.

        The selections are those of :py:meth:`TensorBlock.sel`; all blocks whose keys are
        selected stay, even if nothing is left in them.

        :param keys: which blocks to keep, all by default
        :param samples: which samples of these blocks to keep
        :param components: which entries of the components to keep
        :param properties: which properties to keep
        """
        from . import _sel
        from ._tensor import TensorMap

        blocks = self._loaded_blocks()
        new_keys = self.keys
        if keys is not None:
            positions = _sel.select_positions(new_keys, keys, "keys")
            blocks = [blocks[i] for i in positions]
            new_keys = _sel.take(new_keys, positions)
        blocks = [_sel.select_in_block(b, samples, components, properties) for b in blocks]
        return TensorMap._from_data(new_keys, [block.shell() for block in blocks])

    def to_pandas(self, value: str = "value") -> Any:
        """``pandas.DataFrame`` with one row for each number in the values of the blocks.

        There is one column for each dimension of the keys, samples, components and
        properties, and one for the values. Gradients are left out: they are blocks as
        well, and can become tables of their own.

        :param value: name of the column with the values
        :raises ModuleNotFoundError: if pandas is not installed
        :raises ValueError: if two dimensions have the same name
        """
        from ._tables import map_to_pandas

        return map_to_pandas(cast("TensorMap", self), value)

    def to_arrow(self, value: str = "value") -> Any:
        """Same as :py:meth:`to_pandas`, as a ``pyarrow.Table``.

        :raises ModuleNotFoundError: if pyarrow is not installed
        """
        from ._tables import map_to_arrow

        return map_to_arrow(cast("TensorMap", self), value)

    @staticmethod
    def from_table(
        table: Any,
        *,
        keys: Sequence[str],
        samples: Sequence[str],
        properties: Sequence[str],
        components: Sequence[str] = (),
        value: str = "value",
        fill_value: Any = 0.0,
    ) -> TensorMap:
        """Map with the numbers of a ``pandas.DataFrame`` or ``pyarrow.Table``.

        Keys, and for each block samples, components and properties, are the different
        values of their columns, in order of first appearance. Without columns they are
        :py:meth:`Labels.single`.

        :param table: table with (at least) these columns
        :param keys: columns with the keys
        :param samples: columns with the samples
        :param properties: columns with the properties
        :param components: columns which become one component each
        :param value: column with the values
        :param fill_value: value of the entries which are not in the table
        :raises ValueError: if a column does not exist, is used several times, or there
            are several values for one entry
        :raises TypeError: if labels are not integers
        """
        from ._tables import map_from_columns

        return map_from_columns(table, keys, samples, components, properties, value, fill_value)
