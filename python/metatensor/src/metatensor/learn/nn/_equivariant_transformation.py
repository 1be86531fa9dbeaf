"""Any transformation of norms, applied in an equivariant way."""

from typing import List, Optional, Union

import torch

from .._backend import Labels, TensorMap
from ._arguments import invariant_positions, output_features, per_block
from ._module import Module
from ._module_map import ModuleMap


class EquivariantTransformation(Module):
    """Applies modules which change no shapes to invariant blocks, and to norms of the others.

    The values of covariant blocks are multiplied by what the module makes of their norm over
    the components, which does not change under rotations.

    :param modules: for each key a module, which keeps the shape of its input
    :param in_keys: keys of the blocks
    :param in_features: number of properties of the input
    :param out_features: number of properties of the output
    :param out_properties: for each key, the properties of the output
    :param invariant_keys: labels selecting the invariant blocks, by default those with
        ``o3_lambda = 0`` and ``o3_sigma = 1``
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if there is not one value per block
    """

    def __init__(
        self,
        modules: List[torch.nn.Module],
        in_keys: Labels,
        in_features: Union[int, List[int]],
        out_features: Optional[Union[int, List[int]]] = None,
        out_properties: Optional[List[Labels]] = None,
        invariant_keys: Optional[Labels] = None,
    ) -> None:
        super().__init__()
        invariants = invariant_positions(in_keys, invariant_keys)
        count = len(in_keys)
        per_block(in_features, "in_features", count, int)
        output_features(out_features, out_properties, count)
        if len(modules) < count:
            raise ValueError(
                f"there must be one module per key: {count}, got {len(modules)} modules"
            )
        wrapped: List[torch.nn.Module] = []
        for i in range(count):
            module = modules[i]
            wrapped.append(module if i in invariants else _CovariantTransform(module))
        self.module_map = ModuleMap(in_keys, wrapped, out_properties)

    def forward(self, tensor: TensorMap) -> TensorMap:
        """Apply the transformation to a tensor."""
        return self.module_map(tensor)


class _CovariantTransform(Module):
    """Multiplies values by what a module makes of their norm.

    :param module: module which keeps the shape of its input
    """

    def __init__(self, module: torch.nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Transform values with shape ``(samples, components, properties)``."""
        assert input.dim() == 3, "covariant blocks must have exactly one component"
        norm = torch.linalg.vector_norm(input, dim=1, keepdim=True)
        return self.module(norm) * input
