"""Plans which put entries to other places, or on other axes, torch flavour.

The plain flavour (``metatensor.operations``) has a module of the same name with the same
functions, where they are documented.
"""

from typing import List, Tuple

import torch
from torch import Tensor

from ._array_lists import _same_shapes
from ._plans import make_labels
from ._types import Labels, TensorMap


def parameters_of(tensor: TensorMap) -> List[List[str]]:
    """Names of the gradients of all blocks, in their order."""
    parameters: List[List[str]] = []
    for block in tensor.blocks():
        parameters.append(block.gradients_list())
    return parameters


def has_nested_gradients(tensor: TensorMap) -> bool:
    """Whether there are gradients of gradients: those of the first block, all are alike."""
    if len(tensor.keys) == 0:
        return False
    block = tensor.block_by_id(0)
    for parameter in block.gradients_list():
        if len(block.gradient(parameter).gradients_list()) != 0:
            return True
    return False


def sources_of(mapping: Tensor, size: int) -> Tensor:
    """For each of ``size`` entries, the position of it in ``mapping``."""
    count = mapping.shape[0]
    sources = torch.full([size], count, dtype=torch.int64, device=mapping.device)
    sources[mapping] = torch.arange(count, device=mapping.device)
    return sources


def entries_other_than(arrays: List[Tensor], value: float) -> Tuple[List[Tensor], List[Tensor]]:
    """For each tensor, positions along the first and last axis where not everything is a value."""
    nothing: List[Tensor] = []
    rows, columns = nothing + arrays, nothing + arrays
    for group in _same_shapes(arrays, arrays):
        other = torch.stack([arrays[i] for i in group]) != value
        row_parts = _positions_in(other.flatten(2).any(dim=2))
        column_parts = _positions_in(other.flatten(1, -2).any(dim=1))
        for j, i in enumerate(group):
            rows[i] = row_parts[j]
            columns[i] = column_parts[j]
    return rows, columns


def _positions_in(mask: Tensor) -> List[Tensor]:
    # columns where it is true, for each row
    counts: List[int] = mask.sum(dim=1).tolist()
    return list(torch.split_with_sizes(torch.nonzero(mask)[:, 1], counts))


def dtype_name(array: Tensor) -> str:
    """Name of the type of the elements."""
    name: str = torch.ops.metatensor.dtype_name(array.dtype)
    return name


# ------------------------------------------------------------------------ other axes
def product_labels(labels: List[Labels]) -> Labels:
    """All combinations of entries, those of the last labels running fastest."""
    names: List[str] = []
    names.extend(labels[0].names)
    rows = labels[0].values
    for other in labels[1:]:
        values = other.values
        n_rows = rows.shape[0]
        repeated = rows.repeat_interleave(values.shape[0], dim=0)
        rows = torch.cat([repeated, values.repeat([n_rows, 1])], dim=1)
        names.extend(other.names)
    return make_labels(names, rows, labels[0], True)


def unfold_samples(labels: Labels, count: int) -> Labels:
    """Samples of a gradient after each sample of the values was replaced by several ones."""
    rows = labels.values.repeat_interleave(count, dim=0)
    places = torch.arange(count, dtype=rows.dtype, device=rows.device).repeat([len(labels)])
    rows[:, 0] = rows[:, 0] * count + places
    return make_labels(labels.names, rows, labels, True)


def matmul(a: Tensor, b: Tensor) -> Tensor:
    """Products of stacks of matrices."""
    return a @ b


def concatenate_columns(parts: List[Tensor]) -> Tensor:
    """Entries with the columns of several ones."""
    return torch.cat(parts, dim=1)
