"""Blocks as labelled arrays: selection by label, exchange with xarray."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from ._block_base import TensorBlockBase

if TYPE_CHECKING:
    from ._block import TensorBlock
    from ._sel import Selection


class BlockTables(TensorBlockBase):
    """Part of :py:class:`metatensor.TensorBlock`: what users of xarray expect."""

    __slots__ = ()

    def sel(
        self,
        *,
        samples: Selection | None = None,
        components: Selection | None = None,
        properties: Selection | None = None,
    ) -> TensorBlock:
        """Block with the entries which have the given values, and their gradients.

        Each axis can be selected by a dictionary with names of dimensions and one or
        several values to keep, or (but for components) by :py:class:`Labels`. Entries
        stay in their order; if nothing matches, there is nothing left on this axis.

        >>> import numpy as np
        >>> from metatensor import Labels, TensorBlock
        >>> block = TensorBlock(
        ...     np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
        ...     Labels(["system", "atom"], np.array([[0, 0], [3, 0], [3, 1]])),
        ...     [],
        ...     Labels.range("n", 2),
        ... )
        >>> block.sel(samples={"system": 3}, properties={"n": [1]}).values.tolist()
        [[4.0], [6.0]]

        :param samples: which samples to keep, all by default
        :param components: which entries of the components to keep
        :param properties: which properties to keep
        :raises TypeError: if a selection is no dictionary, or its values no integers
        :raises ValueError: if there is no dimension with one of these names
        :raises MetatensorError: if no entry of a component is left
        """
        from ._block import TensorBlock
        from ._sel import select_in_block

        self._data.refresh_gradients()
        data = select_in_block(self._data, samples, components, properties)
        return TensorBlock._show(data.shell() if data is self._data else data)

    def to_xarray(self) -> Any:
        """``xarray.DataArray`` with the values of this block, without gradients.

        Its dimensions are ``"samples"``, the names of the components, and
        ``"properties"``; samples and properties have one index level per dimension. numpy
        values are shared, others copied to the host.

        :raises ModuleNotFoundError: if xarray is not installed
        :raises ValueError: if a component is called ``"samples"`` or ``"properties"``
        """
        from ._tables import block_to_xarray

        return block_to_xarray(cast("TensorBlock", self))

    @staticmethod
    def from_xarray(array: Any) -> TensorBlock:
        """Block with the values and index of an ``xarray.DataArray``.

        :param array: its first dimension must be ``"samples"`` and its last
            ``"properties"``, all others become components. Dimensions without index are
            numbered from 0
        :raises TypeError: if ``array`` is no ``xarray.DataArray``, or an index is not
            made of integers
        :raises ValueError: if the dimensions are others
        """
        from ._tables import block_from_xarray

        return block_from_xarray(array)
