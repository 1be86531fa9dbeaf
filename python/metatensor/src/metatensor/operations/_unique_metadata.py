from typing import List, Optional, Tuple, Union

from ._backend import (
    Labels,
    LabelsValues,
    TensorBlock,
    TensorMap,
    check_type,
    concatenate_index,
    entries,
    make_labels,
    raise_core_error,
    take_columns,
    torch_jit_is_scripting,
    unique_rows,
    zero_entries,
)
from ._messages import of_input


def unique_metadata(
    tensor: TensorMap,
    axis: str,
    names: Union[List[str], Tuple[str], str],
    gradient: Optional[str] = None,
) -> Labels:
    """Distinct entries of some dimensions of the samples or properties of all blocks.

    :param tensor: tensor to look at
    :param axis: ``"samples"`` or ``"properties"``
    :param names: one or several dimensions of this axis
    :param gradient: look at the gradients with respect to this parameter instead
    :return: labels with these names, in this order; entries are sorted
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if ``axis`` is not valid, or does not have one of the dimensions

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.ones((2, 3, 2)), sample_names=["i", "j"])
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.unique_metadata(tensor, "samples", "j").values.tolist()
    [[0], [1], [2]]
    """
    if not torch_jit_is_scripting():
        check_type(tensor, "tensor", "TensorMap", "unique_metadata")
        _check_arguments(axis, names, gradient, "unique_metadata")
    names_list = _names_list(names)
    return _unique(tensor.blocks(), tensor.keys, axis, names_list, gradient, "unique_metadata")


def unique_metadata_block(
    block: TensorBlock,
    axis: str,
    names: Union[List[str], Tuple[str], str],
    gradient: Optional[str] = None,
) -> Labels:
    """Distinct entries of some dimensions of the samples or properties of a block.

    See :py:func:`unique_metadata`.

    :param block: block to look at
    :param axis: ``"samples"`` or ``"properties"``
    :param names: one or several dimensions of this axis
    :param gradient: look at the gradient with respect to this parameter instead
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if ``axis`` is not valid, or does not have one of the dimensions
    """
    if not torch_jit_is_scripting():
        check_type(block, "block", "TensorBlock", "unique_metadata_block")
        _check_arguments(axis, names, gradient, "unique_metadata_block")
    names_list = _names_list(names)
    return _unique([block], block.samples, axis, names_list, gradient, "unique_metadata_block")


def _unique(
    blocks: List[TensorBlock],
    like: Labels,
    axis: str,
    names: List[str],
    gradient: Optional[str],
    function: str,
) -> Labels:
    if axis != "samples" and axis != "properties":
        raise ValueError(
            f"invalid axis '{axis}' in `{function}`, it must be 'samples' or 'properties'"
        )
    parts: List[LabelsValues] = [zero_entries(0, len(names), like)]
    for i, block in enumerate(blocks):
        part = block
        where = ""
        if gradient is not None:
            if not block.has_gradient(gradient):
                of_one = of_input(function, like, i)
                raise_core_error(
                    f"there is no gradient with respect to '{gradient}' in `{function}`, only "
                    f"{block.gradients_list()}{of_one}"
                )
            part = block.gradient(gradient)
            where = f" of the gradients with respect to '{gradient}'"
        labels = part.samples if axis == "samples" else part.properties
        columns: List[int] = []
        for name in names:
            if name not in labels.names:
                raise ValueError(
                    f"'{name}' is not one of the dimensions of the {axis}{where} in `{function}`: "
                    f"{labels.names}"
                )
            columns.append(labels.names.index(name))
        parts.append(take_columns(entries(labels), columns))
    rows, _ = unique_rows(concatenate_index(parts))
    return make_labels(names, rows, like, True)


def _names_list(names: Union[List[str], Tuple[str], str]) -> List[str]:
    if isinstance(names, str):
        return [names]
    elif isinstance(names, list):
        return names
    else:
        if torch_jit_is_scripting():
            return [names[0]]
        else:
            return list(names)


def _check_arguments(axis: object, names: object, gradient: object, function: str) -> None:
    if not isinstance(axis, str):
        raise TypeError(f"`axis` must be a string in `{function}`, not {type(axis)}")
    if not isinstance(names, (str, list, tuple)):
        raise TypeError(f"`names` must be a list of strings in `{function}`, not {type(names)}")
    for name in [names] if isinstance(names, str) else names:
        if not isinstance(name, str):
            raise TypeError(f"`names` must contain strings in `{function}`, not {type(name)}")
    if gradient is not None and not isinstance(gradient, str):
        raise TypeError(f"`gradient` must be a string in `{function}`, not {type(gradient)}")
