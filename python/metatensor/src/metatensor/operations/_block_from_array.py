from typing import List, Optional

from ._backend import (
    Array,
    Labels,
    TensorBlock,
    index_entries,
    labels_like_array,
    reshape_array,
    shape_of,
)


def block_from_array(
    array: Array,
    sample_names: Optional[List[str]] = None,
    component_names: Optional[List[str]] = None,
    property_names: Optional[List[str]] = None,
) -> TensorBlock:
    """Block around an array, with labels counting the entries along each axis.

    The first axes become samples, one for each of the ``sample_names``, the last axes
    become properties, one for each of the ``property_names``, and the ones in between
    become one component each.

    :param array: values, with at least two axes. They are not copied
    :param sample_names: dimensions of the samples, ``["sample"]`` by default
    :param component_names: names of the components, by default ``component_1``,
        ``component_2`` and so on
    :param property_names: dimensions of the properties, ``["property"]`` by default
    :raises ValueError: if the number of axes does not fit the names

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.zeros((4, 3, 2)), component_names=["xyz"])
    >>> print(block)
    TensorBlock with shape (4, 3, 2)
        samples: [sample]
        components: [xyz]
        properties: [property]
    """
    shape = shape_of(array)
    if sample_names is None:
        sample_names = ["sample"]
    if property_names is None:
        property_names = ["property"]
    k, n = len(sample_names), len(property_names)
    if len(shape) < 2 or len(shape) < k + n:
        raise ValueError(
            f"an array with shape {shape} does not have enough dimensions in `block_from_array`, "
            f"for {k} sample names and {n} property names (and at least 2)"
        )
    middle = shape[k : len(shape) - n]
    if component_names is None:
        component_names = []
        for i in range(len(middle)):
            component_names.append(f"component_{i + 1}")
    if len(component_names) != len(middle):
        raise ValueError(
            f"an array with shape {shape} does not fit {k} sample names, {n} property names and "
            f"{len(component_names)} component names in `block_from_array`"
        )

    samples = labels_like_array(sample_names, index_entries(shape[:k], array), array)
    properties = labels_like_array(
        property_names, index_entries(shape[len(shape) - n :], array), array
    )
    components: List[Labels] = []
    for name, size in zip(component_names, middle):
        components.append(labels_like_array([name], index_entries([size], array), array))
    if k != 1 or n != 1:
        array = reshape_array(array, [len(samples)] + middle + [len(properties)])
    return TensorBlock(values=array, samples=samples, components=components, properties=properties)
