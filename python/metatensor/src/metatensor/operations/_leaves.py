"""Lists of leaves: the values of blocks, and the gradients which go with them."""

from typing import List

from ._plans import column_index
from ._types import Array, Labels, LabelsValues, TensorMap


def values_of(arrays: List[Array], per_block: int) -> List[Array]:
    """The leaves which are values of a block."""
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
    for array in values:
        for _ in range(per_block - 1):
            parents.append(array)
    return parents


def interleave(values: List[Array], gradients: List[Array], per_block: int) -> List[Array]:
    """Leaves made of the values and gradients; the inverse of the two functions above."""
    arrays: List[Array] = []
    for i, array in enumerate(values):
        arrays.append(array)
        arrays.extend(gradients[i * (per_block - 1) : (i + 1) * (per_block - 1)])
    return arrays


def gradient_samples(tensor: TensorMap) -> List[Labels]:
    """Samples of all gradients, in the order of the leaves."""
    samples: List[Labels] = []
    for block in tensor.blocks():
        for parameter in block.gradients_list():
            samples.append(block.gradient(parameter).samples)
    return samples


def gradient_rows(tensor: TensorMap) -> List[LabelsValues]:
    """For each gradient, the rows of the values which its rows differentiate."""
    rows: List[LabelsValues] = []
    for samples in gradient_samples(tensor):
        rows.append(column_index(samples, "sample"))
    return rows
