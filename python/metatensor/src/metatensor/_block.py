"""Blocks: an array, the labels of its axes, and its gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from . import _convert, _pickle, _print
from ._arrays import engine_of
from ._block_data import BlockData
from ._block_tables import BlockTables
from ._checks import check_block, check_gradient, invalid_parameter, type_name
from ._labels import Labels
from ._operators import BlockOperators
from ._pytrees import notice_libraries
from ._quick_checks import fits_at_once

if TYPE_CHECKING:
    from .io import BinaryFile, BinaryPath


class TensorBlock(BlockOperators, BlockTables):
    """Basic building block of a :py:class:`TensorMap`.

    A block holds an n-dimensional array (the ``values``), one set of
    :py:class:`Labels` for each of its axes, and any number of gradients of the values
    with respect to named parameters, which are blocks as well.

    Blocks reached through a tensor map or through :py:meth:`gradient` are *views*:
    they show the same arrays, and can not get new gradients.

    :param values: array with shape ``(len(samples), *[len(c) for c in components],
        len(properties))``, of any dtype: a :py:class:`numpy.ndarray`, a
        :py:class:`torch.Tensor`, an array of jax, cupy, or (with the package
        array-api-compat) of any library following the array API standard
    :param samples: labels of the first axis of ``values``
    :param components: labels of the axes in between, with one dimension each
    :param properties: labels of the last axis of ``values``
    :raises TypeError: if an argument does not have the right type
    :raises MetatensorError: if the shape or device of the values does not correspond
        to the labels

    >>> import numpy as np
    >>> from metatensor import Labels, TensorBlock
    >>> block = TensorBlock(
    ...     values=np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]),
    ...     samples=Labels(["system"], np.array([[0], [1]])),
    ...     components=[],
    ...     properties=Labels.range("n", 3),
    ... )
    >>> print(block)
    TensorBlock with shape (2, 3)
        samples: [system]
        properties: [n]
    """

    __slots__ = ()

    __hash__ = None  # type: ignore[assignment]

    def __init__(
        self,
        values: Any,
        samples: Labels,
        components: Sequence[Labels],
        properties: Labels,
    ) -> None:
        notice_libraries()
        if not fits_at_once(values, samples, components, properties):
            self._forget()
            engine_of(values)
            _check_labels(samples, "samples")
            components = _components_tuple(components)
            _check_labels(properties, "properties")
            check_block(values, samples, components, properties)
        self._fill(values, samples, tuple(components), properties)

    # ------------------------------------------------------------- values and labels

    @property
    def components(self) -> list[Labels]:
        """Labels of the axes between the first and the last one, in order."""
        return list(self._data.components)

    def __len__(self) -> int:
        """Number of samples."""
        return int(self.values.shape[0])

    @property
    def shape(self) -> Any:
        """Shape of the values: a tuple, or what the array library uses for it."""
        return self.values.shape

    @property
    def dtype(self) -> Any:
        """Dtype of the values and of all gradients."""
        return self.values.dtype

    @property
    def device(self) -> Any:
        """Device of everything here: ``"cpu"`` for numpy, else a `torch.device`."""
        values = self.values
        return engine_of(values).device(values)

    @property
    def is_view(self) -> bool:
        """Whether this block is part of a tensor map, or a gradient of another block."""
        self._data.frozen  # noqa: B018  (raises if this was released)
        return self._parent is not None

    # --------------------------------------------------------------------- gradients

    def add_gradient(self, parameter: str, gradient: TensorBlock) -> None:
        """Add the gradient of the values with respect to ``parameter``.

        Afterwards, ``gradient`` still shows its values, and can not get new gradients.

        :param parameter: name of the parameter, e.g. ``"positions"``
        :param gradient: block where the first sample dimension is called ``"sample"``
            and contains positions in the samples of this block. Its components are
            those of this block, possibly after other ones, and its properties, dtype
            and device are the same.
        :raises TypeError: if an argument does not have the right type
        :raises ValueError: if this block is a view, or part of something else
        :raises MetatensorError: if the gradient does not correspond to this block

        >>> import numpy as np
        >>> properties = Labels.range("n", 1)
        >>> block = TensorBlock(
        ...     np.ones((2, 1)), Labels.range("atom", 2), [], properties
        ... )
        >>> gradient = TensorBlock(
        ...     values=np.zeros((1, 3, 1)),
        ...     samples=Labels(["sample", "neighbor"], np.array([[1, 0]])),
        ...     components=[Labels.range("xyz", 3)],
        ...     properties=properties,
        ... )
        >>> block.add_gradient("positions", gradient)
        >>> block.gradients_list()
        ['positions']
        """
        data = self._data
        if not isinstance(parameter, str):
            raise TypeError(f"`parameter` must be a string, got {type_name(parameter)}")
        if not isinstance(gradient, TensorBlock):
            raise TypeError(f"`gradient` must be a TensorBlock, got {type_name(gradient)}")
        if self._parent is not None or data.frozen:
            raise ValueError(
                "can not add gradients to a block which is part of a TensorMap or "
                "which is a gradient of another block; use `.copy()` to get a block "
                "which can have more gradients"
            )
        if "\0" in parameter:
            invalid_parameter(f"the gradient parameter {parameter!r} contains a NUL character")
        self._data.refresh_gradients()
        new = gradient._data
        if new is data:
            raise ValueError("a block can not be a gradient of itself")
        check_gradient(data, parameter, new)
        data.add_gradient(parameter, new)
        new.frozen = True

    def gradient(self, parameter: str) -> TensorBlock:
        """Get the gradient with respect to ``parameter``, as a view.

        :param parameter: name of the gradient
        :raises MetatensorError: if there is no such gradient
        """
        self._data.refresh_gradients()
        data = self._data.gradients.get(parameter)
        if data is None:
            invalid_parameter(f"can not find gradients with respect to '{parameter}' in this block")
        return self._show_gradient(parameter, data)

    def _show_gradient(self, parameter: str, data: BlockData) -> TensorBlock:
        title = parameter if self._title is None else f"{self._title}/{parameter}"
        return TensorBlock._show(data, self, title)

    def gradients_list(self) -> list[str]:
        """Names of the gradients, in the order in which they were added."""
        self._data.refresh_gradients()
        return list(self._data.gradients)

    def has_gradient(self, parameter: str) -> bool:
        """Whether there is a gradient with respect to ``parameter``."""
        self._data.refresh_gradients()
        return parameter in self._data.gradients

    def gradients(self) -> Iterator[tuple[str, TensorBlock]]:
        """Iterate over the names of the gradients and the gradients, as views."""
        self._data.refresh_gradients()
        for parameter, data in list(self._data.gradients.items()):
            yield parameter, self._show_gradient(parameter, data)

    # ------------------------------------------------------------ copies, conversions

    def copy(self, deep: bool = True) -> TensorBlock:
        """Get a new block, which is never a view. The labels are shared.

        :param deep: should the values and gradients be copied, or shared with the new
            block?
        """
        self._data.refresh_gradients()
        return TensorBlock._show(_convert.copy_block(self._data, deep))

    def __copy__(self) -> TensorBlock:
        return self.copy(deep=False)

    def __deepcopy__(self, memo: dict[int, Any]) -> TensorBlock:
        return self.copy(deep=True)

    def to(
        self,
        *args: Any,
        dtype: Any = None,
        device: Any = None,
        arrays: str | None = None,
        non_blocking: bool = False,
    ) -> TensorBlock:
        """Move to another dtype, device and/or array library.

        The dtype and device can also be given as positional arguments, in any order.
        What does not have to change is shared with this block.

        :param dtype: new dtype of the values and gradients
        :param device: new device of the values, gradients and labels
        :param arrays: name of the new array library: ``"numpy"``, ``"torch"``, ``"jax"``,
            ``"cupy"``, or a namespace of the array API standard. torch needs labels in
            tensors; with all others, labels become numpy arrays
        :param non_blocking: for torch, do not wait for the end of copies from the host
        :raises TypeError: if an argument is neither a dtype nor a device
        :raises ValueError: if an argument is given twice, or can not be honoured
        :raises ModuleNotFoundError: if torch is requested but not installed

        >>> import numpy as np
        >>> block = TensorBlock(
        ...     np.ones((1, 1)), Labels.single(), [], Labels.single()
        ... )
        >>> block.to(np.float32).dtype
        dtype('float32')
        """
        request = _convert.Request.parse(
            "TensorBlock.to", args, dtype, device, arrays, non_blocking
        )
        self._data.refresh_gradients()
        return TensorBlock._show(request.block(self._data))

    def pin_memory(self, device: Any = None) -> TensorBlock:
        """Copy to pinned memory, from where ``.to(device, non_blocking=True)`` does not wait.

        The thread of a :py:class:`torch.utils.data.DataLoader` with ``pin_memory=True`` calls
        this. Only tensors of torch are copied, values, gradients and labels.

        :param device: ignored, as for tensors
        :returns: ``self`` if everything is in pinned memory
        :raises RuntimeError: for tensors which are not on CPU, or without an accelerator
        """
        from ._pin import Pinning, is_pinned_block

        self._data.refresh_gradients()
        if is_pinned_block(self._data):
            return self
        return TensorBlock._show(Pinning().block(self._data))

    def is_pinned(self) -> bool:
        """Say if all tensors are in pinned memory; those without elements do not count."""
        from ._pin import is_pinned_block

        self._data.refresh_gradients()
        return is_pinned_block(self._data)

    # -------------------------------------------------------------- files and pickles

    def save(self, file: BinaryPath | BinaryFile, use_numpy: bool = False) -> None:
        """Save this block, see :py:func:`metatensor.save`."""
        from .io import save

        save(file, self, use_numpy=use_numpy)

    def save_buffer(self, use_numpy: bool = False) -> memoryview:
        """Save this block in memory, see :py:func:`metatensor.io.save_buffer`."""
        from .io import save_buffer

        return save_buffer(self, use_numpy=use_numpy)

    @staticmethod
    def load(file: BinaryPath | BinaryFile, use_numpy: bool = False) -> TensorBlock:
        """Load a block, see :py:func:`metatensor.load_block`."""
        from .io import load_block

        return load_block(file, use_numpy=use_numpy)

    @staticmethod
    def load_buffer(buffer: Any, use_numpy: bool = False) -> TensorBlock:
        """Load a block, see :py:func:`metatensor.io.load_block_buffer`."""
        from .io import load_block_buffer

        return load_block_buffer(buffer, use_numpy=use_numpy)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return _pickle.reduce(self, protocol)

    def __reduce__(self) -> tuple[Any, ...]:
        return _pickle.reduce(self, 4)

    @classmethod
    def _from_pickle(cls, buffer: Any, engines: Any = None) -> TensorBlock:
        from .io import load_block_buffer

        block = load_block_buffer(buffer)
        if engines is None:
            return block
        return TensorBlock._show(_pickle.restore_block(block._data, engines))

    # ----------------------------------------------------------------------- printing

    def __repr__(self) -> str:
        return _print.print_block(self)

    def _repr_html_(self) -> str:
        from . import _html

        return _html.show_block(self)


TensorBlock.__module__ = "metatensor"


def _check_labels(labels: Any, name: str) -> None:
    if not isinstance(labels, Labels):
        raise TypeError(f"`{name}` must be metatensor Labels, got {type_name(labels)}")


def _components_tuple(components: Any) -> tuple[Labels, ...]:
    if isinstance(components, Labels):
        raise TypeError("`components` must be a sequence of Labels, got Labels")
    try:
        output = tuple(components)
    except TypeError:
        raise TypeError(
            f"`components` must be a sequence of Labels, got {type_name(components)}"
        ) from None
    for i, component in enumerate(output):
        _check_labels(component, f"components[{i}]")
    return output
