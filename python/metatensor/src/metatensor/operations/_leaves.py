"""Lists of leaves: the values of blocks, and the gradients which go with them."""

from typing import List

from ._distinct import distinct_labels
from ._plans import column_index
from ._structure import leaves_per_block, samples_of
from ._types import Array, Labels, LabelsValues, TensorMap


def values_of(arrays: List[Array], per_block: int) -> List[Array]:
    """The leaves which are values of a block."""
    if per_block == 1:
        return arrays
    return arrays[::per_block]


def gradients_of(arrays: List[Array], per_block: int) -> List[Array]:
    """The leaves which are values of a gradient."""
    gradients: List[Array] = []
    if per_block == 1:
        return gradients
    for i, array in enumerate(arrays):
        if i % per_block != 0:
            gradients.append(array)
    return gradients


def parents_of(values: List[Array], per_block: int) -> List[Array]:
    """For each gradient (as in :py:func:`gradients_of`), the entry of its block."""
    parents: List[Array] = []
    if per_block == 1:
        return parents
    for array in values:
        for _ in range(per_block - 1):
            parents.append(array)
    return parents


def interleave(values: List[Array], gradients: List[Array], per_block: int) -> List[Array]:
    """Leaves made of the values and gradients; the inverse of the two functions above."""
    if per_block == 1:
        return values
    arrays: List[Array] = []
    for i, array in enumerate(values):
        arrays.append(array)
        arrays.extend(gradients[i * (per_block - 1) : (i + 1) * (per_block - 1)])
    return arrays


def gradient_samples(tensor: TensorMap) -> List[Labels]:
    """Samples of all gradients, in the order of the leaves."""
    output: List[Labels] = []
    per_block = leaves_per_block(tensor)
    if per_block == 1:
        return output
    for i, samples in enumerate(samples_of(tensor)):
        if i % per_block != 0:
            output.append(samples)
    return output


def gradient_rows(tensor: TensorMap) -> List[LabelsValues]:
    """For each gradient, the rows of the values which its rows differentiate."""
    samples, where = distinct_labels(gradient_samples(tensor))
    rows: List[LabelsValues] = []
    for one in samples:
        rows.append(column_index(one, "sample"))
    output: List[LabelsValues] = []
    for i in where:
        output.append(rows[i])
    return output


def block_samples(tensor: TensorMap) -> List[Labels]:
    """Samples of the values of all blocks."""
    return samples_of(tensor)[:: leaves_per_block(tensor)]


def interleave_labels(blocks: List[Labels], gradients: List[Labels]) -> List[Labels]:
    """Labels of all leaves, made of those of the values and those of the gradients."""
    if len(gradients) == 0:
        return blocks
    labels: List[Labels] = []
    size = len(gradients) // len(blocks)
    for i, one in enumerate(blocks):
        labels.append(one)
        labels.extend(gradients[i * size : (i + 1) * size])
    return labels
