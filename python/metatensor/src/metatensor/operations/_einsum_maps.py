"""Sums of products of all blocks of two tensors, in a few calls for small ones."""

from typing import List, Optional

from ._backend import (
    Array,
    Labels,
    TensorMap,
    assemble,
    components_of,
    first_different,
    leaves,
    leaves_per_block,
    properties_of,
    same_labels,
    samples_of,
    stack_pairs,
    unstack_arrays,
)
from ._einsum_terms import contract


def contract_maps(
    A: TensorMap, B: TensorMap, terms: List[List[str]], keys: Labels, a: List[int], b: List[int]
) -> Optional[TensorMap]:
    """Sum of products of all blocks, if there are no gradients and common axes are the same.

    :param terms: letters of the axes of both tensors and of the result
    :param keys: keys of the result, and ``a`` and ``b`` the positions of the blocks to multiply
    """
    if len(a) == 0 or leaves_per_block(A) != 1 or leaves_per_block(B) != 1:
        return None
    labels = [_labels_of_axes(A, a), _labels_of_axes(B, b)]
    for j, letter in enumerate(terms[0]):
        if letter in terms[1] and not _same(labels[0][j], labels[1][terms[1].index(letter)]):
            return None
    new: List[List[Labels]] = []
    for letter in terms[2]:
        which = 0 if letter in terms[0] else 1
        new.append(labels[which][terms[which].index(letter)])
    components: List[List[Labels]] = []
    names: List[List[str]] = []
    for i in range(len(a)):
        of_block: List[Labels] = []
        for axis in new[1:-1]:
            if len(axis[i].names) != 1:
                return None
            of_block.append(axis[i])
        components.append(of_block)
        no_names: List[str] = []
        names.append(no_names)

    stacks_a, stacks_b, members = stack_pairs(_pick(leaves(A), a), _pick(leaves(B), b))
    # blocks are stacked along one more axis: no letter contains a space
    stacked: List[List[str]] = []
    for letters in terms:
        stacked.append([" blocks"] + letters)
    products: List[Array] = []
    for i, stack in enumerate(stacks_a):
        products.append(contract(stack, stacks_b[i], stacked[0], stacked[1], stacked[2]))
    return assemble(keys, unstack_arrays(products, members), names, new[0], components, new[-1])


def _same(a: List[Labels], b: List[Labels]) -> bool:
    return same_labels(a[0], b[0]) and first_different(a, b) == -1


def _labels_of_axes(tensor: TensorMap, positions: List[int]) -> List[List[Labels]]:
    # for each axis the labels of all blocks
    output: List[List[Labels]] = []
    samples, components, properties = (
        samples_of(tensor),
        components_of(tensor),
        properties_of(tensor),
    )
    for j in range(len(components[0]) + 2):
        labels: List[Labels] = []
        for i in positions:
            if j == 0:
                labels.append(samples[i])
            elif j <= len(components[i]):
                labels.append(components[i][j - 1])
            else:
                labels.append(properties[i])
        output.append(labels)
    return output


def _pick(arrays: List[Array], positions: List[int]) -> List[Array]:
    output: List[Array] = []
    for i in positions:
        output.append(arrays[i])
    return output
