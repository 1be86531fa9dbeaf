"""Set operations on labels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

from . import _labels_core as core
from ._arrays._registry import type_name
from ._labels_base import LabelsBase

if TYPE_CHECKING:
    from typing_extensions import Self

L = TypeVar("L", bound=LabelsBase)


class LabelsSets(LabelsBase):
    """Part of :py:class:`metatensor.Labels`: set operations and selection.

    The result always uses the array library and device of ``self``.
    """

    __slots__ = ()

    def union(self, other: Self) -> Self:
        """All the entries of ``self``, then those of ``other`` which are new.

        :raises MetatensorError: if the two labels do not have the same names in the
            same order, or are on different devices
        """
        return _set_operation("union", self, other, False)[0]

    def union_and_mapping(self, other: Self) -> tuple[Self, core.Mapping, core.Mapping]:
        """Same as :py:meth:`union`, also saying where the entries went.

        :returns: the union, and two 1-D numpy arrays of int64 with the position in the
            union of each entry of ``self`` and ``other``
        """
        result, (first, second) = _set_operation("union", self, other, True)
        return result, first, second

    def intersection(self, other: Self) -> Self:
        """The entries which are both in ``self`` and in ``other``.

        They come in the order of the labels with fewer entries, the order of ``self`` if
        there are as many.

        :raises MetatensorError: if the two labels do not have the same names in the
            same order, or are on different devices
        """
        return _set_operation("intersection", self, other, False)[0]

    def intersection_and_mapping(self, other: Self) -> tuple[Self, core.Mapping, core.Mapping]:
        """Same as :py:meth:`intersection`, also saying where the entries went.

        :returns: the intersection, and two 1-D numpy arrays of int64 with the position
            in the intersection of each entry of ``self`` and ``other``, -1 if it is not
            there
        """
        result, (first, second) = _set_operation("intersection", self, other, True)
        return result, first, second

    def difference(self, other: Self) -> Self:
        """The entries of ``self`` which are not in ``other``.

        :raises MetatensorError: if the two labels do not have the same names in the
            same order, or are on different devices
        """
        return _set_operation("difference", self, other, False)[0]

    def difference_and_mapping(self, other: Self) -> tuple[Self, core.Mapping]:
        """Same as :py:meth:`difference`, also saying where the entries went.

        :returns: the difference, and a 1-D numpy array of int64 with the position in
            the difference of each entry of ``self``, -1 if it is not there
        """
        result, (first,) = _set_operation("difference", self, other, True)
        return result, first

    def select(self, selection: LabelsBase) -> npt.NDArray[np.uint64]:
        """Positions of the entries which match one of the entries of ``selection``.

        They come in the order of the selection if both labels have the same names in
        the same order, and are increasing otherwise.

        >>> import numpy as np
        >>> from metatensor import Labels
        >>> labels = Labels(["a", "b"], np.array([[1, 0], [4, 2], [1, 3]]))
        >>> print(labels.select(Labels("a", np.array([[1], [7]]))))
        [0 2]

        :param selection: labels whose names are all names of ``self``. Without names,
            everything is selected. They may be on another device
        :returns: 1-D numpy array of uint64
        :raises TypeError: if ``selection`` is not Labels
        :raises MetatensorError: if a name of ``selection`` is unknown
        """
        _check_labels(selection, "select")
        if not _on_same_device(self, selection):
            device = self._engine.device(self._values)
            selection = cast("Any", selection).to(arrays=self._engine.name, device=device)
        pointer = self.as_mts_labels_t()
        return core.select(pointer, selection.as_mts_labels_t(), len(self))


def _check_labels(value: Any, method: str) -> None:
    if not isinstance(value, LabelsBase):
        raise TypeError(f"the argument of `Labels.{method}` must be Labels, got {type_name(value)}")


def _on_same_device(first: LabelsBase, second: LabelsBase) -> bool:
    """Say if the core can use two labels together."""
    devices = (labels._engine.dlpack_device(labels._values) for labels in (first, second))
    return next(devices) == next(devices)


def _set_operation(
    name: str, first: L, second: L, mappings: bool
) -> tuple[L, tuple[core.Mapping, ...]]:
    _check_labels(second, name)
    pointers = (first.as_mts_labels_t(), second.as_mts_labels_t())
    counts = (len(first),) if name == "difference" else (len(first), len(second))
    ptr, arrays = core.set_operation(name, *pointers, mappings, counts)
    result = type(first)._from_owned_ptr(ptr)
    if result._engine is not first._engine:
        # the core uses its own array when there are no dimensions
        result._engine = first._engine
        result._values = first._engine.empty_labels(first._values, 0)
        result._handle = None
    return result, arrays
