from ._backend import (
    Labels,
    LabelsValues,
    check_type,
    entries,
    indicator_matrix,
    match_rows,
    take_columns,
    torch_jit_is_scripting,
)


def one_hot(labels: Labels, dimension: Labels) -> LabelsValues:
    """One-hot encoding of one dimension of some labels.

    :param labels: labels to encode
    :param dimension: labels with a single dimension, giving its name and all its values
    :return: array with shape ``(len(labels), len(dimension))`` and 32-bit integers: row
        ``i`` contains 1 at the position in ``dimension`` of the value in entry ``i``
    :raises ValueError: if ``dimension`` does not have exactly one name, if this is not a
        dimension of ``labels``, or if a value is missing in ``dimension``

    >>> import numpy as np
    >>> import metatensor as mts
    >>> labels = mts.Labels(["atom", "type"], np.array([[0, 6], [1, 1], [4, 6]]))
    >>> mts.one_hot(labels, mts.Labels(["type"], np.array([[1], [6]]))).tolist()
    [[0, 1], [1, 0], [0, 1]]
    """
    if not torch_jit_is_scripting():
        check_type(labels, "labels", "Labels", "one_hot")
        check_type(dimension, "dimension", "Labels", "one_hot")
    names = dimension.names
    if len(names) != 1:
        raise ValueError(f"`dimension` must have exactly one name in `one_hot`, got {names}")
    if names[0] not in labels.names:
        raise ValueError(
            f"'{names[0]}' is not one of the dimensions of the labels in `one_hot`: {labels.names}"
        )
    column = take_columns(entries(labels), [labels.names.index(names[0])])
    encoded: LabelsValues = indicator_matrix(
        match_rows(column, dimension), len(dimension), labels.values
    )
    return encoded
