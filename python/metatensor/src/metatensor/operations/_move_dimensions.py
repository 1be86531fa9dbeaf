from typing import List, Optional, Union

from ._axes import permute_axes, shifted
from ._axes_to_components import properties_to, samples_to
from ._backend import (
    Array,
    Labels,
    TensorMap,
    assemble,
    check_type,
    components_of,
    leaves,
    parameters_of,
    properties_of,
    samples_of,
    torch_jit_is_scripting,
    with_arrays,
)
from ._components_to_axes import components_to
from ._utils import as_names


def move_dimensions(
    tensor: TensorMap,
    names: Union[List[str], str],
    source: str,
    destination: str,
    fill_value: Optional[float] = 0.0,
) -> TensorMap:
    """Move dimensions from one axis to another one.

    What is moved to samples or properties becomes their last dimensions, which run fastest: there
    is an entry for each old one and each value of what is moved. For what is moved to components
    see :py:func:`samples_to_components` and :py:func:`properties_to_components`; from samples to
    properties, and from properties to samples, dimensions go through components.

    :param tensor: tensor to take the dimensions from
    :param names: names of one or several dimensions
    :param source: axis which they are dimensions of: ``"samples"``, ``"components"`` or
        ``"properties"``
    :param destination: another one of these axes
    :param fill_value: value of what was not there. Gradients are 0 there. With ``None``, all values
        must be there
    :return: new tensor with the same keys
    :raises ValueError: if the axes are not valid, if there are no such dimensions, if there are
        dimensions with these names at the destination already, or if something is missing and there
        is no ``fill_value``

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[[1.0], [2.0]], [[3.0], [4.0]]]), ["i", "j"])
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> moved = mts.move_dimensions(tensor, "i", "samples", "properties").block()
    >>> moved.samples.names, moved.properties.names, moved.values.tolist()
    (['j'], ['property', 'i'], [[1.0, 3.0], [2.0, 4.0]])
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "move_dimensions")
    axes = ["samples", "components", "properties"]
    for axis in [source, destination]:
        if axis not in axes:
            raise ValueError(
                f"invalid axis '{axis}' in `move_dimensions`, it must be one of {axes}"
            )
    if source == destination:
        raise ValueError(f"`move_dimensions` can not move anything from {source} to {source}")
    moved_names = as_names(names)
    if source == "samples":
        tensor = samples_to(tensor, moved_names, fill_value, "move_dimensions")
    elif source == "properties":
        tensor = properties_to(tensor, moved_names, fill_value, "move_dimensions")
    if destination == "components":
        return tensor
    return components_to(tensor, moved_names, destination, "move_dimensions")


def transpose_components(tensor: TensorMap, order: List[int]) -> TensorMap:
    """Tensor with the components in another order.

    Components which only gradients have stay in front of these.

    :param tensor: tensor with components
    :param order: for each component of the result, the position of it in ``tensor``. Negative ones
        count from the end
    :return: new tensor whose arrays are views of those of ``tensor``, where the library which these
        are from has views
    :raises ValueError: if this is not an order of all components

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.ones((2, 3, 5, 1)))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.transpose_components(tensor, [1, 0]).block().values.shape
    (2, 5, 3, 1)
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "transpose_components")
    arrays = leaves(tensor)
    if len(arrays) == 0:
        return with_arrays(tensor, arrays)
    count = len(tensor.component_names)
    positions: List[int] = []
    for axis in order:
        positions.append(axis + count if axis < 0 else axis)
    if sorted(positions) != list(range(count)):
        raise ValueError(
            f"invalid `order` {order} in `transpose_components`, it must contain each of the "
            f"positions of the {count} components {tensor.component_names} once"
        )
    output: List[Array] = []
    components: List[List[Labels]] = []
    for i, old in enumerate(components_of(tensor)):
        extra = len(old) - count
        new_order = list(range(extra)) + shifted(positions, extra)
        labels: List[Labels] = []
        for axis in new_order:
            labels.append(old[axis])
        components.append(labels)
        output.append(permute_axes(arrays[i], [0] + shifted(new_order, 1) + [len(old) + 1]))
    return assemble(
        tensor.keys,
        output,
        parameters_of(tensor),
        samples_of(tensor),
        components,
        properties_of(tensor),
    )
