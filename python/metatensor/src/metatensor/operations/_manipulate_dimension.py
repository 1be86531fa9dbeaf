from typing import List, Optional, Tuple, Union

from ._backend import (
    Labels,
    LabelsValues,
    TensorMap,
    check_type,
    components_of,
    dimension_column,
    distinct_labels,
    distinct_properties,
    distinct_samples,
    gradient_samples,
    has_nested_gradients,
    insert_in_labels,
    insert_in_map,
    interleave_labels,
    leaves,
    leaves_per_block,
    permute_in_map,
    permute_labels,
    raise_index_error,
    rebuild,
    remove_from_labels,
    remove_from_map,
    rename_in_map,
    spread_labels,
    torch_jit_is_scripting,
    with_components,
    with_keys,
)
from ._dimension_checks import check_axis, check_known, check_new, check_order, names_of
from ._keep_info import with_info
from ._messages import position_out_of_range
from ._nested import flattened, restored


def append_dimension(
    tensor: TensorMap,
    axis: str,
    name: str,
    values: Union[LabelsValues, int],
    keep_info: bool = False,
) -> TensorMap:
    """Add a dimension at the end of the labels along one axis.

    :param tensor: tensor, whose arrays are shared with the result
    :param axis: ``"keys"``, ``"samples"`` or ``"properties"``
    :param name: name of the new dimension
    :param values: one integer for all entries, or a 1-dimensional array of integers with one
        for each entry (the same in all blocks)
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
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
    check_axis(axis, "append_dimension")
    if axis == "components":
        raise ValueError(
            "can not use `append_dimension` on 'components', which have a single dimension"
        )
    index = len(names_of(tensor, axis))
    new = _insert(tensor, axis, index, name, values, "append_dimension")
    return with_info(new, tensor, keep_info)


def insert_dimension(
    tensor: TensorMap,
    axis: str,
    index: int,
    name: str,
    values: Union[LabelsValues, int],
    keep_info: bool = False,
) -> TensorMap:
    """Insert a dimension in the labels along one axis.

    :param tensor: tensor, whose arrays are shared with the result
    :param axis: ``"keys"``, ``"samples"`` or ``"properties"``
    :param index: position of the new dimension, counted from the end if it is negative
    :param name: name of the new dimension
    :param values: one integer for all entries, or a 1-dimensional array of integers with one
        for each entry (the same in all blocks)
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
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
    check_axis(axis, "insert_dimension")
    new = _insert(tensor, axis, index, name, values, "insert_dimension")
    return with_info(new, tensor, keep_info)


def permute_dimensions(
    tensor: TensorMap, axis: str, dimensions_indexes: List[int], keep_info: bool = False
) -> TensorMap:
    """Change the order of the dimensions of the labels along one axis.

    :param tensor: tensor, whose arrays are shared with the result
    :param axis: ``"keys"``, ``"samples"`` or ``"properties"``
    :param dimensions_indexes: for each new dimension, the position of the old one
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
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
    check_axis(axis, "permute_dimensions")
    check_order(dimensions_indexes, names_of(tensor, axis), axis)
    return with_info(_permute(tensor, axis, dimensions_indexes), tensor, keep_info)


def _permute(tensor: TensorMap, axis: str, dimensions_indexes: List[int]) -> TensorMap:
    whole = permute_in_map(tensor, axis, dimensions_indexes)
    if whole is not None:
        return whole
    if has_nested_gradients(tensor):
        return restored(_permute_leaves(flattened(tensor), axis, dimensions_indexes))
    return _permute_leaves(tensor, axis, dimensions_indexes)


def _permute_leaves(tensor: TensorMap, axis: str, dimensions_indexes: List[int]) -> TensorMap:
    if axis == "keys":
        return with_keys(tensor, tensor.keys.permute(dimensions_indexes))
    labels, where = _labels_of(tensor, axis)
    return _with_labels(tensor, axis, permute_labels(labels, dimensions_indexes), where)


def remove_dimension(tensor: TensorMap, axis: str, name: str, keep_info: bool = False) -> TensorMap:
    """Remove a dimension from the labels along one axis.

    :param tensor: tensor, whose arrays are shared with the result
    :param axis: ``"keys"``, ``"samples"`` or ``"properties"``
    :param name: name of the dimension
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
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
    check_axis(axis, "remove_dimension")
    check_known(name, names_of(tensor, axis), axis, "remove_dimension")
    return with_info(_remove(tensor, axis, name), tensor, keep_info)


def _remove(tensor: TensorMap, axis: str, name: str) -> TensorMap:
    whole = remove_from_map(tensor, axis, name)
    if whole is not None:
        return whole
    if has_nested_gradients(tensor):
        return restored(_remove_leaves(flattened(tensor), axis, name))
    return _remove_leaves(tensor, axis, name)


def _remove_leaves(tensor: TensorMap, axis: str, name: str) -> TensorMap:
    labels, where = _labels_of(tensor, axis)
    new = remove_from_labels(labels, name, axis, tensor.keys, where)
    if axis == "keys":
        return with_keys(tensor, new[0])
    return _with_labels(tensor, axis, new, where)


def rename_dimension(
    tensor: TensorMap, axis: str, old: str, new: str, keep_info: bool = False
) -> TensorMap:
    """Rename a dimension of the labels along one axis.

    Dimensions of the samples are also renamed in the samples of gradients. Components are
    renamed wherever they occur.

    :param tensor: tensor, whose arrays are shared with the result
    :param axis: ``"keys"``, ``"samples"``, ``"components"`` or ``"properties"``
    :param old: name of the dimension
    :param new: new name
    :param keep_info: give the result the :py:meth:`~metatensor.TensorMap.info` of ``tensor``
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
    check_axis(axis, "rename_dimension")
    names = names_of(tensor, axis)
    check_known(old, names, axis, "rename_dimension")
    if old != new and len(names) != 0:
        check_new(new, names, axis, "rename_dimension")
    return with_info(_rename(tensor, axis, old, new), tensor, keep_info)


def _rename(tensor: TensorMap, axis: str, old: str, new: str) -> TensorMap:
    whole = rename_in_map(tensor, axis, old, new)
    if whole is not None:
        return whole
    if has_nested_gradients(tensor):
        return restored(_rename_leaves(flattened(tensor), axis, old, new))
    return _rename_leaves(tensor, axis, old, new)


def _rename_leaves(tensor: TensorMap, axis: str, old: str, new: str) -> TensorMap:
    if axis == "components":
        return _rename_components(tensor, old, new)
    if axis == "keys":
        return with_keys(tensor, tensor.keys.rename(old, new))
    labels, where = _labels_of(tensor, axis)
    renamed: List[Labels] = []
    for one in labels:
        renamed.append(one.rename(old, new))
    if axis == "properties" or leaves_per_block(tensor) == 1:
        return _with_labels(tensor, axis, renamed, where)

    gradients, gradients_where = distinct_labels(gradient_samples(tensor))
    renamed_gradients: List[Labels] = []
    for one in gradients:
        # the first dimension of gradient samples must always be called "sample"
        renamed_gradients.append(one.rename(old, new) if old in one.names[1:] else one)
    samples = interleave_labels(
        spread_labels(renamed, where), spread_labels(renamed_gradients, gradients_where)
    )
    properties: List[Labels] = []
    return rebuild(tensor, leaves(tensor), samples, properties)


def _rename_components(tensor: TensorMap, old: str, new: str) -> TensorMap:
    components: List[List[Labels]] = []
    for labels in components_of(tensor):
        renamed: List[Labels] = []
        for component in labels:
            renamed.append(component.rename(old, new) if old in component.names else component)
        components.append(renamed)
    return with_components(tensor, components)


def _insert(
    tensor: TensorMap,
    axis: str,
    index: int,
    name: str,
    values: Union[LabelsValues, int],
    function: str,
) -> TensorMap:
    names = names_of(tensor, axis)
    if len(names) != 0:
        if index < -len(names) or index > len(names):
            raise_index_error(position_out_of_range(index, names, axis, function))
        check_new(name, names, axis, function)
    whole = _insert_whole(tensor, axis, index, name, values)
    if whole is not None:
        return whole
    if has_nested_gradients(tensor):
        return restored(_insert_leaves(flattened(tensor), axis, index, name, values, function))
    return _insert_leaves(tensor, axis, index, name, values, function)


def _insert_leaves(
    tensor: TensorMap,
    axis: str,
    index: int,
    name: str,
    values: Union[LabelsValues, int],
    function: str,
) -> TensorMap:
    names = names_of(tensor, axis)
    labels, where = _labels_of(tensor, axis)
    position = index + len(names) if index < 0 else index
    new: List[Labels] = []
    if isinstance(values, int):
        new = insert_in_labels(labels, position, name, values, function)
    else:
        for i, one in enumerate(labels):
            column = dimension_column(values, one, axis, function, tensor.keys, where.index(i))
            new.append(one.insert(position, name, column))
    if axis == "keys":
        return with_keys(tensor, new[0])
    return _with_labels(tensor, axis, new, where)


def _insert_whole(
    tensor: TensorMap, axis: str, index: int, name: str, values: Union[LabelsValues, int]
) -> Optional[TensorMap]:
    # a function of its own: TorchScript can not load types which are only refined at the start
    if isinstance(values, int):
        return insert_in_map(tensor, axis, index, name, values)
    return None


def _labels_of(tensor: TensorMap, axis: str) -> Tuple[List[Labels], List[int]]:
    # distinct labels of the blocks along this axis (or the keys), and where they are
    if axis == "keys":
        return [tensor.keys], [0]
    elif axis == "samples":
        return distinct_samples(tensor)
    elif axis == "properties":
        return distinct_properties(tensor)
    else:
        labels: List[Labels] = []
        where: List[int] = []
        return labels, where


def _with_labels(tensor: TensorMap, axis: str, new: List[Labels], where: List[int]) -> TensorMap:
    # other labels along this axis, given as `_labels_of` does; gradients have the samples they had
    samples: List[Labels] = []
    properties: List[Labels] = []
    if axis == "samples":
        samples = interleave_labels(spread_labels(new, where), gradient_samples(tensor))
    elif axis == "properties":
        properties = spread_labels(new, where)
    return rebuild(tensor, leaves(tensor), samples, properties)
