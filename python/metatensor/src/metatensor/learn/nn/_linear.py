"""Linear layers."""

from typing import List, Optional, Union

import torch

from .._backend import Labels, TensorMap
from ._arguments import check_keys, invariant_positions, output_features, per_block
from ._module import Module
from ._module_map import ModuleMap


class Linear(Module):
    """Applies a :py:class:`torch.nn.Linear` to each block, along the properties.

    All arguments about features and biases can be given once for all blocks, or as a list
    with one value per block.

    :param in_keys: keys of the blocks
    :param in_features: number of properties of the input
    :param out_features: number of properties of the output, not needed if
        ``out_properties`` is given
    :param out_properties: for each key, the properties of the output
    :param bias: add a bias?
    :param device: device of the parameters
    :param dtype: dtype of the parameters
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if there is not one value per block

    >>> import torch
    >>> from metatensor import Labels, TensorMap, block_from_array
    >>> keys = Labels.range("type", 1)
    >>> linear = Linear(keys, in_features=3, out_features=2)
    >>> tensor = TensorMap(keys, [block_from_array(torch.ones((4, 3)))])
    >>> linear(tensor).block().shape
    torch.Size([4, 2])
    """

    def __init__(
        self,
        in_keys: Labels,
        in_features: Union[int, List[int]],
        out_features: Optional[Union[int, List[int]]] = None,
        out_properties: Optional[List[Labels]] = None,
        *,
        bias: Union[bool, List[bool]] = True,
        device: Optional[torch.device] = None,
        dtype: Optional[torch.dtype] = None,
    ) -> None:
        super().__init__()
        check_keys(in_keys)
        count = len(in_keys)
        n_in = per_block(in_features, "in_features", count, int)
        n_out = output_features(out_features, out_properties, count)
        biases = per_block(bias, "bias", count, bool)
        modules: List[torch.nn.Module] = []
        for i in range(count):
            linear = torch.nn.Linear(n_in[i], n_out[i], biases[i], device=device, dtype=dtype)
            modules.append(linear)
        self.module_map = ModuleMap(in_keys, modules, out_properties)

    def forward(self, tensor: TensorMap) -> TensorMap:
        """Apply the layers to a tensor."""
        return self.module_map(tensor)


class EquivariantLinear(Module):
    """Applies a :py:class:`torch.nn.Linear` to each block, with a bias on invariants only.

    :param in_keys: keys of the blocks
    :param in_features: number of properties of the input
    :param out_features: number of properties of the output, not needed if
        ``out_properties`` is given
    :param out_properties: for each key, the properties of the output
    :param invariant_keys: labels selecting the invariant blocks, by default those with
        ``o3_lambda = 0`` and ``o3_sigma = 1``
    :param bias: add a bias? If this is a list, it has one value per *invariant* block
    :param device: device of the parameters
    :param dtype: dtype of the parameters
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if there is not one value per block
    """

    def __init__(
        self,
        in_keys: Labels,
        in_features: Union[int, List[int]],
        out_features: Optional[Union[int, List[int]]] = None,
        out_properties: Optional[List[Labels]] = None,
        invariant_keys: Optional[Labels] = None,
        *,
        bias: Union[bool, List[bool]] = True,
        device: Optional[torch.device] = None,
        dtype: Optional[torch.dtype] = None,
    ) -> None:
        super().__init__()
        invariants = invariant_positions(in_keys, invariant_keys)
        invariant_biases = per_block(bias, "bias", len(invariants), bool)
        biases = [False] * len(in_keys)
        for position, value in zip(invariants, invariant_biases, strict=True):
            biases[position] = value
        linear = Linear(
            in_keys,
            in_features,
            out_features,
            out_properties,
            bias=biases,
            device=device,
            dtype=dtype,
        )
        self.module_map = linear.module_map

    def forward(self, tensor: TensorMap) -> TensorMap:
        """Apply the layers to a tensor."""
        return self.module_map(tensor)
