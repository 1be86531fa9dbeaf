from typing import Dict, List, Optional, Tuple

from ._align import check_missing
from ._backend import (
    Labels,
    TensorBlock,
    TensorMap,
    check_type,
    entries,
    list_to_index,
    make_labels,
    merge_entries,
    select_entries,
    take_columns,
    take_index,
    to_list,
    torch_jit_is_scripting,
    unique_rows,
)
from ._einsum_blocks import contract_blocks
from ._einsum_maps import contract_maps
from ._einsum_terms import parse_equation
from ._utils import NotEqualError


def einsum(
    equation: str,
    A: TensorMap,
    B: TensorMap,
    dimensions: Optional[Dict[str, List[str]]] = None,
    missing: str = "error",
) -> TensorMap:
    """Sum of products of two tensors over some of their axes, block by block.

    The equation has a letter (or word) for each axis of ``A``, of ``B`` and of the result:
    samples, components, properties. ``"s c p, q p -> s c q"`` is :py:func:`dot` with one component.
    ``...`` stands for any number of components. Axes with the same letter must have the same
    labels, in any order; what is not in the result is summed over.

    Blocks with the same key are multiplied. If the dimensions of the keys of one of the tensors are
    some of those of the other one, each of its blocks is used for all keys with these values.

    The gradients are those of the product. Tensors with gradients must have the samples of the
    result.

    :param equation: names of all axes
    :param A: first tensor
    :param B: second tensor
    :param dimensions: names of the dimensions of some of the axes, by letter: the dimensions of the
        labels are brought to this order
    :param missing: what to do with keys, and entries of common axes, which are only in one of the
        tensors: ``"error"``, or ``"drop"`` them
    :return: new tensor with the keys of the tensor with more dimensions of the keys, of ``A`` if
        they have as many
    :raises ValueError: if the equation is not valid, or does not fit the tensors
    :raises NotEqualError: if keys or labels do not fit together

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.einsum("s p, q p -> s q", tensor, tensor).block().values.tolist()
    [[5.0, 11.0], [11.0, 25.0]]
    >>> mts.einsum("s p, s q -> p q", tensor, tensor).block().values.tolist()
    [[10.0, 14.0], [14.0, 20.0]]
    """
    if not torch_jit_is_scripting():
        check_type(A, "A", "TensorMap", "einsum")
        check_type(B, "B", "TensorMap", "einsum")
    check_missing(missing, ["error", "drop"], "einsum")
    counts: List[int] = []
    for tensor in [A, B]:
        counts.append(len(tensor.component_names) + 2 if len(tensor.keys) > 0 else -1)
    terms = parse_equation(equation, counts)
    keys, a, b = _match_keys(A.keys, B.keys, missing == "drop")
    if dimensions is None:
        whole = contract_maps(A, B, terms, keys, a, b)
        if whole is not None:
            return whole
    blocks: List[TensorBlock] = []
    all_blocks = [A.blocks(), B.blocks()]
    for i, position in enumerate(a):
        blocks.append(
            contract_blocks(
                all_blocks[0][position],
                all_blocks[1][b[i]],
                terms,
                dimensions,
                missing == "drop",
                keys,
                i,
            )
        )
    return TensorMap(keys, blocks)


def _match_keys(a: Labels, b: Labels, drop: bool) -> Tuple[Labels, List[int], List[int]]:
    # keys of the result, and the positions of the blocks
    if len(b.names) > len(a.names):
        keys, positions_b, positions_a = _match_keys_of(b, a, drop)
        return keys, positions_a, positions_b
    return _match_keys_of(a, b, drop)


def _match_keys_of(a: Labels, b: Labels, drop: bool) -> Tuple[Labels, List[int], List[int]]:
    columns: List[int] = []
    for name in b.names:
        if name not in a.names:
            raise NotEqualError(
                "the names of the keys of one of the inputs to 'einsum' must be among those of the "
                f"other one: {a.names} and {b.names}"
            )
        columns.append(a.names.index(name))
    rows, groups = unique_rows(take_columns(entries(a), columns))
    distinct = make_labels(b.names, rows, a, True)
    _, mappings = merge_entries([b, distinct])
    found = to_list(take_index(mappings[1], groups))
    kept: List[int] = []
    positions: List[int] = []
    for i, position in enumerate(found):
        if position < len(b):
            kept.append(i)
            positions.append(position)
        elif not drop:
            raise NotEqualError(
                f"inputs to 'einsum' do not have the same keys: there is no block for the key "
                f"{a.entry(i).print()} in one of them"
            )
    if len(a.names) == len(b.names) and len(positions) != len(b) and not drop:
        raise NotEqualError(
            f"inputs to 'einsum' do not have the same keys: there are {len(a)} and {len(b)} blocks"
        )
    keys = a
    if len(kept) != len(a):
        keys = select_entries(a, list_to_index(kept, a), True)
    return keys, kept, positions
