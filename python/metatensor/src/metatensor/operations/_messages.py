"""Parts of messages of errors: what operations talk about."""

from typing import List

from ._types import Labels


def of_block(keys: Labels, i: int) -> str:
    """End of a sentence about one of the blocks of a tensor."""
    return f", for the block with key {keys.entry(i).print()}"


def of_input(function: str, keys: Labels, i: int) -> str:
    """The same; nothing if this is an operation on blocks, which have no keys."""
    if "_block" in function:
        return ""
    return of_block(keys, i)


def not_unique(axis: str, function: str, keys: Labels, i: int) -> str:
    """What is said if the entries of the new labels of a block are not unique.

    :param keys: keys of all blocks, this is number ``i``
    """
    where = "" if axis == "keys" else of_input(function, keys, i)
    return f"the {axis} made by `{function}` must be unique{where}"


def other_length(count: int, n_entries: int, axis: str, function: str, keys: Labels, i: int) -> str:
    """What is said about a new dimension which does not have one value for each entry."""
    where = "" if axis == "keys" else of_block(keys, i)
    return (
        f"the new `values` contain {count} entries in `{function}`, but there are {n_entries} "
        f"{axis}{where}"
    )


def position_out_of_range(index: int, names: List[str], axis: str, function: str) -> str:
    """What is said about the position of a dimension which does not exist."""
    return (
        f"index {index} is out of range in `{function}` for the {axis}, which have "
        f"{len(names)} dimensions: {names}"
    )
