"""One module for each block."""

import copy
from typing import List, Optional, Tuple

import torch

from metatensor._untraced import untraced

from .._backend import (
    Labels,
    TensorBlock,
    TensorMap,
    leaves,
    leaves_per_block,
    make_labels,
    range_entries,
    same_labels,
    torch_jit_is_scripting,
)
from ._arguments import check_keys, check_properties, check_tensor
from ._module import Module


class ModuleMap(Module):
    """Applies one torch module to each block of a tensor.

    The values of the block and of all its gradients go through the module, along the last
    axis (which can get another size). Samples and components do not change.

    :param in_keys: keys of the blocks
    :param modules: for each of them a module, which is not copied
    :param out_properties: for each of them the properties of the output; by default these
        are numbered, as the dimension ``_``
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if there is not one element per key

    >>> import torch
    >>> from metatensor import Labels, TensorMap, block_from_array
    >>> keys = Labels.range("type", 2)
    >>> module = ModuleMap(keys, [torch.nn.Linear(3, 1), torch.nn.Linear(3, 5)])
    >>> blocks = [block_from_array(torch.ones((4, 3))) for _ in range(2)]
    >>> module(TensorMap(keys, blocks))
    TensorMap with 2 blocks
        keys: [type]
        blocks:
           0   => TensorBlock with shape (4, 1)
           1   => TensorBlock with shape (4, 5)
    """

    _in_keys: Labels
    _out_properties: Optional[List[Labels]]

    def __init__(
        self,
        in_keys: Labels,
        modules: List[torch.nn.Module],
        out_properties: Optional[List[Labels]] = None,
    ) -> None:
        super().__init__()
        check_keys(in_keys)
        if len(modules) != len(in_keys):
            raise ValueError(
                f"there must be one module per key: {len(in_keys)}, got {len(modules)} modules"
            )
        check_properties(out_properties, len(in_keys))
        self.register_buffer("_in_keys", in_keys)
        properties = None if out_properties is None else list(out_properties)
        self.register_buffer("_out_properties", properties)
        self.module_list = torch.nn.ModuleList(modules)

    @classmethod
    def from_module(
        cls,
        in_keys: Labels,
        module: torch.nn.Module,
        out_properties: Optional[List[Labels]] = None,
    ) -> "ModuleMap":
        """Create a map with one copy of a module for each key.

        :param in_keys: keys of the blocks
        :param module: module to copy: all copies start with the same parameters
        :param out_properties: see :py:class:`ModuleMap`
        """
        check_keys(in_keys)
        modules = [copy.deepcopy(module) for _ in range(len(in_keys))]
        return cls(in_keys, modules, out_properties)

    @property
    def in_keys(self) -> Labels:
        """Keys of the blocks this can be applied to."""
        return self._in_keys

    @property
    def out_properties(self) -> Optional[List[Labels]]:
        """Properties of the output for each of the keys, if they were given."""
        return self._out_properties

    def forward(self, tensor: TensorMap) -> TensorMap:
        """Apply the modules.

        :param tensor: tensor whose keys are some of ``in_keys``, in any order
        :return: tensor with the same keys, samples and components
        :raises KeyError: if there is no module for one of the keys
        """
        positions, block_of_module, arrays, per_block = self._take_apart(tensor)
        # in TorchScript this loop is unrolled, so that modules can be of any class
        for i, module in enumerate(self.module_list):
            block = block_of_module[i]
            if block != -1:
                for j in range(block * per_block, (block + 1) * per_block):
                    arrays[j] = module(arrays[j])

        return self._rebuild(tensor, arrays, per_block, positions)

    def _take_apart(
        self, tensor: TensorMap
    ) -> Tuple[List[int], List[int], List[torch.Tensor], int]:
        # the module of each block, the block of each module or -1, and the arrays
        if not torch_jit_is_scripting():
            check_tensor(tensor)
        positions = self._positions(tensor.keys)
        block_of_module = [-1] * len(self._in_keys)
        for i, position in enumerate(positions):
            block_of_module[position] = i
        return positions, block_of_module, leaves(tensor), leaves_per_block(tensor)

    def _rebuild(
        self, tensor: TensorMap, arrays: List[torch.Tensor], per_block: int, positions: List[int]
    ) -> TensorMap:
        blocks: List[TensorBlock] = []
        for i, position in enumerate(positions):
            block_arrays = arrays[i * per_block : (i + 1) * per_block]
            blocks.append(self._block(tensor.block_by_id(i), block_arrays, position))
        return TensorMap(tensor.keys, blocks)

    def _positions(self, keys: Labels) -> List[int]:
        if same_labels(keys, self._in_keys):
            return list(range(len(keys)))
        positions: List[int] = []
        for i in range(len(keys)):
            position = self._in_keys.position(keys.entry(i))
            if position is None:
                raise KeyError(f"there is no module for the key {keys.entry(i).print()}")
            positions.append(position)
        return positions

    def _block(self, block: TensorBlock, arrays: List[torch.Tensor], position: int) -> TensorBlock:
        out_properties = self._out_properties
        if out_properties is None:
            entries = range_entries(arrays[0].shape[-1], block.samples)
            properties = make_labels(["_"], entries, block.samples, True)
        else:
            properties = out_properties[position]
        new = TensorBlock(
            values=arrays[0],
            samples=block.samples,
            components=block.components,
            properties=properties,
        )
        for i, parameter in enumerate(block.gradients_list()):
            gradient = block.gradient(parameter)
            new.add_gradient(
                parameter,
                TensorBlock(
                    values=arrays[i + 1],
                    samples=gradient.samples,
                    components=gradient.components,
                    properties=properties,
                ),
            )
        return new


# the compiler of torch sees what modules do to arrays
untraced(ModuleMap._take_apart, ModuleMap._rebuild)
