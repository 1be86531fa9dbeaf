"""Creation checks of blocks, gradients and tensor maps.

They are the checks of the C library, done on the Python objects so that creating a
block or a map does not need C. Labels and dtypes are compared by identity first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from ._arrays import engine_of
from ._arrays._base import ANY_DEVICE, CPU
from ._arrays._registry import type_name
from ._block_data import BlockData
from ._c_api import MTS_INVALID_PARAMETER_ERROR
from ._labels import Labels
from ._quick_checks import all_alike
from ._status import MetatensorError

__all__ = [
    "check_block",
    "check_gradient",
    "check_map",
    "has_data",
    "invalid_parameter",
    "same_labels",
    "type_name",
]

#: DLPack device type of arrays without data (the "meta" device of torch)
_NO_DATA_DEVICE = 12


def invalid_parameter(message: str) -> NoReturn:
    """Fail as a function of the C library would."""
    raise MetatensorError(f"invalid parameter: {message}", MTS_INVALID_PARAMETER_ERROR)


def check_block(
    values: Any,
    samples: Labels,
    components: Sequence[Labels],
    properties: Labels,
) -> None:
    """Check that labels and values fit together.

    :raises MetatensorError: if they do not
    """
    shape = values.shape
    if len(shape) != len(components) + 2:
        invalid_parameter(
            f"invalid block: the values have {len(shape)} dimensions, but we have "
            f"{len(components) + 2} separate labels (1 for samples, "
            f"{len(components)} for components and 1 for properties)"
        )
    if shape[0] != len(samples):
        invalid_parameter(
            f"invalid block: the values shape along axis 0 is {shape[0]} but we have "
            f"{len(samples)} sample label entries"
        )
    if components:
        _check_components_shape(shape, components)
    if shape[-1] != len(properties):
        invalid_parameter(
            f"invalid block: the values shape along axis {len(shape) - 1} is "
            f"{shape[-1]} but we have {len(properties)} property label entries"
        )
    _check_block_devices(values, samples, components, properties)
    _check_components("invalid block", components)


def _check_components_shape(shape: Sequence[int], components: Sequence[Labels]) -> None:
    names = [component.names for component in components]
    for i, current in enumerate(names):
        if current in names[:i]:
            invalid_parameter(
                "invalid block: some of the component dimensions appear more than "
                f"once in component labels: {current}"
            )
    for axis, component in enumerate(components, start=1):
        if shape[axis] != len(component):
            invalid_parameter(
                f"invalid block: the values shape along axis {axis} is {shape[axis]} "
                f"but we have {len(component)} entries for the corresponding component"
            )


def _check_block_devices(
    values: Any,
    samples: Labels,
    components: Sequence[Labels],
    properties: Labels,
) -> None:
    device = _labels_device(values, samples)
    for name, labels in _named_labels(samples, components, properties):
        if _device(labels.values) != device:
            invalid_parameter(
                f"invalid block: the values are on device '{_device_name(values)}', "
                f"but the {name} labels are on device '{labels.device}'"
            )


def _named_labels(
    samples: Labels, components: Sequence[Labels], properties: Labels
) -> list[tuple[str, Labels]]:
    named = [("samples", samples)]
    named += [(f"components[{i}]", labels) for i, labels in enumerate(components)]
    named.append(("properties", properties))
    return named


def _check_components(context: str, components: Sequence[Labels]) -> None:
    for i, component in enumerate(components):
        if len(component.names) != 1:
            invalid_parameter(
                f"{context}: component labels must have a single dimension, but the "
                f"labels for component {i} have {len(component.names)}: "
                f"{component.names}"
            )
        if len(component) == 0:
            invalid_parameter(
                f"{context}: component labels can not be empty, but there are no "
                f"entries for component '{component.names[0]}'"
            )


def check_gradient(parent: BlockData, parameter: str, gradient: BlockData) -> None:
    """Check that ``gradient`` can become a gradient of ``parent``.

    :raises MetatensorError: if it can not
    :raises ValueError: if the dtype of the values is not supported
    """
    if parameter in parent.gradients:
        invalid_parameter(f"gradient with respect to '{parameter}' already exists in this block")
    context = f"invalid gradient with respect to '{parameter}'"
    _dtype(parent.values)  # raises if there is no such dtype in DLPack
    _check_same_array_kind(
        parent.values,
        gradient.values,
        f"{context}: the values and the gradient",
    )

    names = gradient.samples.names
    if not names:
        invalid_parameter(f"{context}: the samples must have at least one dimension")
    if names[0] != "sample":
        invalid_parameter(
            f"{context}: the first dimension of the samples must be named 'sample', "
            f"got '{names[0]}'"
        )
    _check_sample_indexes(context, gradient.samples, len(parent.samples))
    _check_components(context, gradient.components)

    extra = len(gradient.components) - len(parent.components)
    if extra < 0:
        invalid_parameter(
            f"{context}: the gradient has {len(gradient.components)} components, "
            f"which is less than the {len(parent.components)} components of the values"
        )
    if not same_labels(parent.properties, gradient.properties):
        invalid_parameter(
            f"{context}: the properties of the gradient must be the same as the "
            "properties of the values"
        )
    for i, (component, other) in enumerate(
        zip(parent.components, gradient.components[extra:], strict=True)
    ):
        if not same_labels(component, other):
            invalid_parameter(
                f"{context}: the last components of the gradient must be the same as "
                f"the components of the values, but component {i} of the values "
                f"({component.names}) is different from component {extra + i} of the "
                f"gradient ({other.names})"
            )


def _check_sample_indexes(context: str, samples: Labels, count: int) -> None:
    values = samples.values
    device = _device(values)
    if len(samples) == 0 or device[0] == _NO_DATA_DEVICE:
        return
    engine = engine_of(values)
    on_host = engine.host_labels or device == CPU
    column = (engine.to_host(values) if on_host else values)[:, 0]
    if isinstance(column, np.ndarray):
        # negative values become very large ones: a single pass finds both mistakes
        if column.view(np.uint32).max() < count:
            return
    elif int(column.min()) >= 0 and int(column.max()) < count:
        return

    for index, value in enumerate(column.tolist()):
        if not 0 <= value < count:
            invalid_parameter(
                f"{context}: the values of 'sample' must be positions in the samples "
                f"of the block, which has {count} samples, but entry {index} is "
                f"{value}"
            )


def check_map(keys: Labels, blocks: Sequence[BlockData]) -> None:
    """Check that ``blocks`` can be the blocks of a map with these ``keys``.

    :raises MetatensorError: if they can not
    :raises ValueError: if the dtype of the values is not supported
    """
    if len(blocks) != len(keys):
        invalid_parameter(
            "expected the same number of blocks as the number of entries in the keys "
            f"({len(keys)}) when creating a `TensorMap`, got {len(blocks)}"
        )
    if not blocks:
        return

    first = blocks[0]
    first_values = first.values
    _dtype(first_values)  # raises if there is no such dtype in DLPack
    alike = all_alike(blocks)
    if not alike:
        for i, block in enumerate(blocks[1:], start=1):
            _check_same_array_kind(
                first_values,
                block.values,
                f"invalid TensorMap: the first block and block {i}",
            )
    if _device(keys.values) != _labels_device(first_values, first.samples):
        invalid_parameter(
            f"invalid TensorMap: the keys are on device '{keys.device}', but the "
            f"blocks are on device '{_device_name(first_values)}'"
        )
    if alike:
        return
    for i, block in enumerate(blocks[1:], start=1):
        _check_same_structure(first, block, f"block {i}", "")
    for i, block in enumerate(blocks[1:], start=1):
        _check_same_gradients(first, block, f"block {i}", "")


def _check_same_structure(first: BlockData, block: BlockData, which: str, where: str) -> None:
    _check_same_names(first.samples, block.samples, "samples", which, where)
    if len(first.components) != len(block.components):
        invalid_parameter(
            "all blocks must contain the same number of components, got "
            f"{len(first.components)} in the first block and {len(block.components)} "
            f"in {which}{where}"
        )
    for one, other in zip(first.components, block.components, strict=True):
        _check_same_names(one, other, "components", which, where)
    if not where:  # the properties of gradients are those of the values
        _check_same_names(first.properties, block.properties, "properties", which, where)


def _check_same_names(first: Labels, other: Labels, axis: str, which: str, where: str) -> None:
    if first is not other and first._dims.names != other._dims.names:
        invalid_parameter(
            f"all blocks must have the same {axis} names, got {first.names} in the "
            f"first block and {other.names} in {which}{where}"
        )


def _check_same_gradients(first: BlockData, block: BlockData, which: str, where: str) -> None:
    if not first.gradients and not block.gradients:
        return
    if first.gradients.keys() != block.gradients.keys():
        invalid_parameter(
            "all blocks must contain the same set of gradients, got "
            f"{sorted(first.gradients)} in the first block and "
            f"{sorted(block.gradients)} in {which}{where}"
        )
    for parameter, gradient in first.gradients.items():
        inside = f"{where} for the gradients with respect to '{parameter}'"
        other = block.gradients[parameter]
        _check_same_structure(gradient, other, which, inside)
        _check_same_gradients(gradient, other, which, inside)


def _check_same_array_kind(first: Any, other: Any, which: str) -> None:
    """Check origin, device and dtype, in this order."""
    if type(first) is np.ndarray and type(other) is np.ndarray and first.dtype is other.dtype:
        return
    first_engine = engine_of(first)
    other_engine = engine_of(other)
    if first_engine is not other_engine:
        invalid_parameter(
            f"{which} must have the same data origin, got '{first_engine.origin}' "
            f"and '{other_engine.origin}'"
        )
    if not _same_device(first, other):
        invalid_parameter(
            f"{which} must be on the same device, got '{_device_name(first)}' and "
            f"'{_device_name(other)}'"
        )
    if first.dtype is not other.dtype and _dtype(first) != _dtype(other):
        invalid_parameter(
            f"{which} must have the same dtype, got '{first.dtype}' and '{other.dtype}'"
        )


def same_labels(first: Labels, other: Labels) -> bool:
    """Whether these labels are equal, given that they are on the same device.

    Without data to compare (``meta`` device of torch), only names and sizes count.
    """
    if first is other:
        return True
    if first._dims.names != other._dims.names or len(first) != len(other):
        return False
    if first.values is other.values or _device(first.values)[0] == _NO_DATA_DEVICE:
        return True
    return first == other


def _device(array: Any) -> tuple[int, int]:
    if isinstance(array, np.ndarray):
        return (1, 0)
    return engine_of(array).dlpack_device(array)


def _labels_device(values: Any, samples: Labels) -> tuple[int, int]:
    """The device where all labels of these values have to be."""
    device = _device(values)
    if device != CPU and engine_of(values).host_labels:
        found = _device(samples.values)
        if found == CPU or device == ANY_DEVICE:
            return found
    return device


def _same_device(first: Any, other: Any) -> bool:
    devices = (_device(first), _device(other))
    return devices[0] == devices[1] or ANY_DEVICE in devices


def _device_name(array: Any) -> Any:
    return engine_of(array).device(array)


def _dtype(array: Any) -> Any:
    return engine_of(array).dlpack_dtype(array)


def has_data(labels: Labels) -> bool:
    """Whether the entries of these labels can be read."""
    return len(labels) == 0 or _device(labels.values)[0] != _NO_DATA_DEVICE
