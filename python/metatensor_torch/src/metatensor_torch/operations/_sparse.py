"""Where entries are which another axis does not have, torch flavour.

The plain flavour (``metatensor.operations``) has a module of the same name with the same
functions, where they are documented.
"""

from typing import List

import torch
from torch import Tensor

from ._types import TensorMap


def parameters_of(tensor: TensorMap) -> List[List[str]]:
    """Names of the gradients of all blocks, in their order."""
    parameters: List[List[str]] = []
    for block in tensor.blocks():
        parameters.append(block.gradients_list())
    return parameters


def sources_of(mapping: Tensor, size: int) -> Tensor:
    """For each of ``size`` entries, the position of it in ``mapping``."""
    count = mapping.shape[0]
    sources = torch.full([size], count, dtype=torch.int64, device=mapping.device)
    sources[mapping] = torch.arange(count, device=mapping.device)
    return sources


def entries_other_than(array: Tensor, axis: int, value: float) -> Tensor:
    """Positions along the first (0) or last (-1) axis where not everything is this value."""
    other = array != value
    if axis != 0:
        other = other.transpose(0, -1)
    for _ in range(other.dim() - 1):
        other = other.any(dim=-1)
    return torch.nonzero(other).reshape(-1)


def dtype_name(array: Tensor) -> str:
    """Name of the type of the elements."""
    name: str = torch.ops.metatensor.dtype_name(array.dtype)
    return name
