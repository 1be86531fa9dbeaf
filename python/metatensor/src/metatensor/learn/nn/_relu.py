"""The rectified linear unit."""

from typing import List, Optional

import torch

from .._backend import Labels, TensorMap
from ._arguments import check_keys, invariant_positions
from ._gradients import check_no_gradients
from ._module import Module
from ._module_map import ModuleMap


class ReLU(Module):
    """Applies a :py:class:`torch.nn.ReLU` to each block.

    :param in_keys: keys of the blocks
    :param out_properties: for each key, the properties of the output
    :param in_place: overwrite the values of the input?
    :raises TypeError: if the arguments do not have the right types
    """

    def __init__(
        self,
        in_keys: Labels,
        out_properties: Optional[List[Labels]] = None,
        *,
        in_place: bool = False,
    ) -> None:
        super().__init__()
        check_keys(in_keys)
        modules: List[torch.nn.Module] = [
            torch.nn.ReLU(inplace=in_place) for _ in range(len(in_keys))
        ]
        self.module_map = ModuleMap(in_keys, modules, out_properties)

    def forward(self, tensor: TensorMap) -> TensorMap:
        """Apply the activation function to a tensor without gradients."""
        check_no_gradients(tensor)
        return self.module_map(tensor)


class InvariantReLU(Module):
    """Applies a :py:class:`torch.nn.ReLU` to invariant blocks, others do not change.

    :param in_keys: keys of the blocks
    :param out_properties: for each key, the properties of the output
    :param invariant_keys: labels selecting the invariant blocks, by default those with
        ``o3_lambda = 0`` and ``o3_sigma = 1``
    :param in_place: overwrite the values of the input?
    :raises TypeError: if the arguments do not have the right types
    """

    def __init__(
        self,
        in_keys: Labels,
        out_properties: Optional[List[Labels]] = None,
        invariant_keys: Optional[Labels] = None,
        *,
        in_place: bool = False,
    ) -> None:
        super().__init__()
        invariants = invariant_positions(in_keys, invariant_keys)
        modules: List[torch.nn.Module] = [torch.nn.Identity() for _ in range(len(in_keys))]
        for position in invariants:
            modules[position] = torch.nn.ReLU(inplace=in_place)
        self.module_map = ModuleMap(in_keys, modules, out_properties)

    def forward(self, tensor: TensorMap) -> TensorMap:
        """Apply the activation function to a tensor without gradients."""
        check_no_gradients(tensor)
        return self.module_map(tensor)
