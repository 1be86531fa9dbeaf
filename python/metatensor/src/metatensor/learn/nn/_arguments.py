"""Checking the arguments of modules."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Sequence
from typing import Any

from .._backend import Labels, isinstance_metatensor, labels_from_rows


def check_keys(in_keys: Any) -> None:
    """Check that these can be the keys of a module.

    :raises TypeError: if they are not Labels
    """
    if not isinstance_metatensor(in_keys, "Labels"):
        raise TypeError(f"`in_keys` must be metatensor Labels, got {type(in_keys)}")


def check_tensor(tensor: Any) -> None:
    """Check the input of a module.

    :raises TypeError: if it is not a TensorMap of the right flavour
    """
    if not isinstance_metatensor(tensor, "TensorMap"):
        raise TypeError(f"`tensor` must be a metatensor TensorMap, got {type(tensor)}")


def _is_int(value: Any) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_float(value: Any) -> bool:
    return isinstance(value, float)


_KINDS: dict[type, tuple[Callable[[Any], bool], str]] = {
    int: (_is_int, "an int"),
    bool: (_is_bool, "a bool"),
    float: (_is_float, "a float"),
}


def per_block(value: Any, name: str, count: int, kind: type) -> list[Any]:
    """Get one value for each block, from a single one or from a sequence of them.

    :param kind: ``int``, ``float`` or ``bool``
    :raises TypeError: if some value does not have this type
    :raises ValueError: if there is not one value for each of the ``count`` blocks
    """
    accepts, text = _KINDS[kind]
    if isinstance(value, (list, tuple)):
        values = list(value)
        if len(values) != count:
            raise ValueError(f"`{name}` must have one value per block: {count}, got {len(values)}")
    else:
        values = [value] * count
    for one in values:
        if not accepts(one):
            raise TypeError(f"`{name}` must be {text} or a list of them, got {type(one)}")
    return [kind(one) for one in values]


def output_features(
    out_features: Any, out_properties: Sequence[Labels] | None, count: int
) -> list[int]:
    """Get the number of output features of each block.

    :raises ValueError: if neither the number nor the labels are given
    """
    if out_features is not None:
        return [int(n) for n in per_block(out_features, "out_features", count, int)]
    if out_properties is None:
        raise ValueError("one of `out_features` and `out_properties` must be given")
    check_properties(out_properties, count)
    return [len(labels) for labels in out_properties]


def check_properties(out_properties: Any, count: int) -> None:
    """Check that there are properties for each of the blocks.

    :raises TypeError: if these are not Labels
    :raises ValueError: if there is not one for each block
    """
    if out_properties is None:
        return
    if not isinstance(out_properties, (list, tuple)):
        raise TypeError(f"`out_properties` must be a list of Labels, got {type(out_properties)}")
    for labels in out_properties:
        if not isinstance_metatensor(labels, "Labels"):
            raise TypeError(f"`out_properties` must contain Labels, got {type(labels)}")
    if len(out_properties) != count:
        raise ValueError(
            f"`out_properties` must have one element per block: {count}, got {len(out_properties)}"
        )


def invariant_positions(in_keys: Labels, invariant_keys: Labels | None) -> list[int]:
    """Positions of the keys of invariant blocks.

    :param invariant_keys: labels selecting them; by default these are the scalars of the
        representation ``o3_lambda``, ``o3_sigma``
    """
    check_keys(in_keys)
    if invariant_keys is not None:
        return [int(i) for i in in_keys.select(invariant_keys)]
    try:
        scalars = labels_from_rows(["o3_lambda", "o3_sigma"], [[0, 1]], in_keys)
        return [int(i) for i in in_keys.select(scalars)]
    except Exception as error:
        raise type(error)(
            "`invariant_keys` must be given if the keys do not have the dimensions 'o3_lambda' and "
            f"'o3_sigma', the names here are {in_keys.names}"
        ) from error
