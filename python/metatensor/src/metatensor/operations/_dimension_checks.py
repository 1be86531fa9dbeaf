"""Checking the arguments of operations on the dimensions of labels."""

from typing import List

from ._backend import TensorMap, raise_core_error, raise_index_error, raise_value_error
from ._messages import position_out_of_range


def names_of(tensor: TensorMap, axis: str) -> List[str]:
    """Dimensions along an axis: none if there is no block which has it."""
    names: List[str] = []
    if axis == "keys":
        names = tensor.keys.names
    elif axis == "samples":
        names = tensor.sample_names
    elif axis == "properties":
        names = tensor.property_names
    return names


def check_known(name: str, names: List[str], axis: str, function: str) -> None:
    """Check that there is such a dimension.

    :raises ValueError: if not
    """
    if len(names) != 0 and name not in names:
        raise_value_error(
            f"'{name}' is not one of the dimensions of the {axis} in `{function}`: {names}"
        )


def check_new(name: str, names: List[str], axis: str, function: str) -> None:
    """Check that there can be such a dimension in addition to others.

    :raises MetatensorError: if the name is not valid, or already used
    """
    if name in names:
        raise_core_error(
            f"the names of dimensions must be unique: '{name}' is already one of those of the "
            f"{axis} in `{function}`: {names}"
        )
    allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
    valid = name != "" and name[0] not in "0123456789"
    for character in name:
        valid = valid and character in allowed
    if not valid:
        raise_core_error(
            f"'{name}' is not a valid name for a dimension of the {axis} in `{function}`: names "
            "must only contain ASCII letters, digits and underscores, and not start with a digit"
        )


def check_order(order: List[int], names: List[str], axis: str) -> None:
    """Check an order of all dimensions.

    :raises ValueError: if there is not one index for each of them
    :raises IndexError: if an index is out of range
    :raises MetatensorError: if an index is there twice
    """
    if len(names) == 0:
        return
    if len(order) != len(names):
        raise_value_error(
            f"`dimensions_indexes` must contain one index for each of the dimensions {names} of "
            f"the {axis} in `permute_dimensions`, not {order}"
        )
    known: List[int] = []
    for index in order:
        if index < -len(names) or index >= len(names):
            raise_index_error(position_out_of_range(index, names, axis, "permute_dimensions"))
        if index % len(names) in known:
            raise_core_error(
                f"the same one of the dimensions {names} of the {axis} is there twice in "
                f"`permute_dimensions`: {order}"
            )
        known.append(index % len(names))


def check_axis(axis: str, function: str) -> None:
    """Check the name of an axis.

    :raises ValueError: if there is no such axis
    """
    allowed = ["keys", "samples", "components", "properties"]
    if axis not in allowed:
        raise ValueError(f"invalid axis '{axis}' in `{function}`, it must be one of {allowed}")
