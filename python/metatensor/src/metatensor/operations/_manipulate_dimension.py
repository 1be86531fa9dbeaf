from typing import List, Union

from ._backend import (
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    block_leaves,
    check_type,
    constant_column,
    dimension_column,
    torch_jit_is_scripting,
)


def append_dimension(
    tensor: TensorMap, axis: str, name: str, values: Union[LabelsValues, int]
) -> TensorMap:
    """Add a dimension at the end of the labels along one axis.

    :param tensor: tensor, whose arrays are shared with the result
    :param axis: ``"keys"``, ``"samples"`` or ``"properties"``
    :param name: name of the new dimension
    :param values: one integer for all entries, or a 1-dimensional array of integers with one
        for each entry (the same in all blocks)
    :raises ValueError: if ``axis`` or ``values`` is not valid

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.append_dimension(tensor, "properties", "l", 3).property_names
    ['property', 'l']
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "append_dimension")
    _check_axis(axis, "append_dimension")
    if axis == "components":
        raise ValueError(
            "can not use `append_dimension` on 'components', which have a single dimension"
        )
    if axis == "keys":
        index = len(tensor.keys.names)
    elif axis == "samples":
        index = len(tensor.sample_names)
    else:
        index = len(tensor.property_names)
    return _insert(tensor, axis, index, name, values)


def insert_dimension(
    tensor: TensorMap, axis: str, index: int, name: str, values: Union[LabelsValues, int]
) -> TensorMap:
    """Insert a dimension in the labels along one axis.

    :param tensor: tensor, whose arrays are shared with the result
    :param axis: ``"keys"``, ``"samples"`` or ``"properties"``
    :param index: position of the new dimension, counted from the end if it is negative
    :param name: name of the new dimension
    :param values: one integer for all entries, or a 1-dimensional array of integers with one
        for each entry (the same in all blocks)
    :raises ValueError: if ``axis`` or ``values`` is not valid
    :raises IndexError: if ``index`` is out of range

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.insert_dimension(tensor, "samples", 0, "system", 3).block().samples.values.tolist()
    [[3, 0]]
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "insert_dimension")
    _check_axis(axis, "insert_dimension")
    return _insert(tensor, axis, index, name, values)


def permute_dimensions(tensor: TensorMap, axis: str, dimensions_indexes: List[int]) -> TensorMap:
    """Change the order of the dimensions of the labels along one axis.

    :param tensor: tensor, whose arrays are shared with the result
    :param axis: ``"keys"``, ``"samples"`` or ``"properties"``
    :param dimensions_indexes: for each new dimension, the position of the old one
    :raises ValueError: if ``axis`` is not valid, or if there is not one index for each of
        the dimensions
    :raises IndexError: if an index is out of range

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.ones((2, 3, 1)), sample_names=["i", "j"])
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.permute_dimensions(tensor, "samples", [1, 0]).sample_names
    ['j', 'i']
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "permute_dimensions")
    _check_axis(axis, "permute_dimensions")
    keys = tensor.keys
    if axis == "keys":
        keys = keys.permute(dimensions_indexes)
    blocks: List[TensorBlock] = []
    for block in tensor.blocks():
        samples, properties = block.samples, block.properties
        if axis == "samples":
            samples = samples.permute(dimensions_indexes)
        elif axis == "properties":
            properties = properties.permute(dimensions_indexes)
        blocks.append(_with_labels(block, samples, properties))
    return TensorMap(keys, blocks)


def remove_dimension(tensor: TensorMap, axis: str, name: str) -> TensorMap:
    """Remove a dimension from the labels along one axis.

    :param tensor: tensor, whose arrays are shared with the result
    :param axis: ``"keys"``, ``"samples"`` or ``"properties"``
    :param name: name of the dimension
    :raises ValueError: if ``axis`` is not valid, or if there is no such dimension
    :raises MetatensorError: if the remaining dimensions are not unique

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.ones((2, 1, 1)), sample_names=["i", "j"])
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.remove_dimension(tensor, "samples", "j").sample_names
    ['i']
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "remove_dimension")
    _check_axis(axis, "remove_dimension")
    keys = tensor.keys
    if axis == "keys":
        keys = keys.remove(name)
    blocks: List[TensorBlock] = []
    for block in tensor.blocks():
        samples, properties = block.samples, block.properties
        if axis == "samples":
            samples = samples.remove(name)
        elif axis == "properties":
            properties = properties.remove(name)
        blocks.append(_with_labels(block, samples, properties))
    return TensorMap(keys, blocks)


def rename_dimension(tensor: TensorMap, axis: str, old: str, new: str) -> TensorMap:
    """Rename a dimension of the labels along one axis.

    Dimensions of the samples are also renamed in the samples of gradients. Components are
    renamed wherever they occur.

    :param tensor: tensor, whose arrays are shared with the result
    :param axis: ``"keys"``, ``"samples"``, ``"components"`` or ``"properties"``
    :param old: name of the dimension
    :param new: new name
    :raises ValueError: if ``axis`` is not valid, or if there is no such dimension

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.rename_dimension(tensor, "samples", "sample", "atom").sample_names
    ['atom']
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "rename_dimension")
    _check_axis(axis, "rename_dimension")
    keys = tensor.keys
    if axis == "keys":
        keys = keys.rename(old, new)
    blocks: List[TensorBlock] = []
    for block in tensor.blocks():
        blocks.append(_rename_block(block, axis, old, new))
    return TensorMap(keys, blocks)


def _rename_block(block: TensorBlock, axis: str, old: str, new: str) -> TensorBlock:
    block_leaves(block)  # refuses gradients of gradients
    properties = block.properties
    if axis == "properties":
        properties = properties.rename(old, new)
    renamed = TensorBlock(
        values=block.values,
        samples=block.samples.rename(old, new) if axis == "samples" else block.samples,
        components=_rename_components(block.components, axis, old, new),
        properties=properties,
    )
    for parameter in block.gradients_list():
        gradient = block.gradient(parameter)
        samples = gradient.samples
        # the first dimension of gradient samples must always be called "sample"
        if axis == "samples" and old in samples.names[1:]:
            samples = samples.rename(old, new)
        renamed.add_gradient(
            parameter,
            TensorBlock(
                values=gradient.values,
                samples=samples,
                components=_rename_components(gradient.components, axis, old, new),
                properties=properties,
            ),
        )
    return renamed


def _rename_components(components: List[Labels], axis: str, old: str, new: str) -> List[Labels]:
    if axis != "components":
        return components
    output: List[Labels] = []
    for component in components:
        output.append(component.rename(old, new) if old in component.names else component)
    return output


def _insert(
    tensor: TensorMap, axis: str, index: int, name: str, values: Union[LabelsValues, int]
) -> TensorMap:
    keys = tensor.keys
    if axis == "keys":
        keys = _insert_in(keys, index, name, values)
    blocks: List[TensorBlock] = []
    for block in tensor.blocks():
        samples, properties = block.samples, block.properties
        if axis == "samples":
            samples = _insert_in(samples, index, name, values)
        elif axis == "properties":
            properties = _insert_in(properties, index, name, values)
        blocks.append(_with_labels(block, samples, properties))
    return TensorMap(keys, blocks)


def _insert_in(labels: Labels, index: int, name: str, values: Union[LabelsValues, int]) -> Labels:
    count = len(labels.names)
    if index < -count or index > count:
        raise IndexError(
            f"can not insert a dimension at index {index} in labels with {count} dimensions"
        )
    if index < 0:
        index += count
    if isinstance(values, int):
        return labels.insert(index, name, constant_column(values, labels))
    else:
        return labels.insert(index, name, dimension_column(values, labels))


def _with_labels(block: TensorBlock, samples: Labels, properties: Labels) -> TensorBlock:
    block_leaves(block)  # refuses gradients of gradients
    new = TensorBlock(
        values=block.values,
        samples=samples,
        components=block.components,
        properties=properties,
    )
    for parameter in block.gradients_list():
        gradient = block.gradient(parameter)
        new.add_gradient(
            parameter,
            TensorBlock(
                values=gradient.values,
                samples=gradient.samples,
                components=gradient.components,
                properties=properties,
            ),
        )
    return new


def _check_axis(axis: str, function: str) -> None:
    allowed = ["keys", "samples", "components", "properties"]
    if axis not in allowed:
        raise ValueError(f"invalid axis '{axis}' in `{function}`, it must be one of {allowed}")
