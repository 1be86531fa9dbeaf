"""Chains of modules."""

from typing import Any, List

import torch

from .._backend import Labels, TensorMap
from ._arguments import check_keys
from ._module import Module
from ._module_map import ModuleMap


class Sequential(Module):
    """Applies several modules one after the other.

    Each block goes through the layers all modules have for it, without a tensor map being
    built in between. This is also how gradients go through, even if the modules on their
    own do not accept any.

    :param in_keys: keys of the blocks, for which all the modules were created
    :param modules: modules of this package, or :py:class:`ModuleMap`. Their parameters are
        shared. The properties of the output are those of the last one
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if there are no modules, or if one was made for other keys

    >>> import torch
    >>> from metatensor import Labels, TensorMap, block_from_array
    >>> from metatensor.learn.nn import Linear, Tanh
    >>> keys = Labels.range("type", 1)
    >>> network = Sequential(keys, Linear(keys, 3, 8), Tanh(keys), Linear(keys, 8, 1))
    >>> tensor = TensorMap(keys, [block_from_array(torch.ones((4, 3)))])
    >>> network(tensor).block().shape
    torch.Size([4, 1])
    """

    def __init__(self, in_keys: Labels, *modules: Any) -> None:
        super().__init__()
        check_keys(in_keys)
        if len(modules) == 0:
            raise ValueError("there must be at least one module in a Sequential")
        maps: List[ModuleMap] = [_module_map(module) for module in modules]
        for i, one in enumerate(maps):
            if len(one.module_list) != len(in_keys):
                raise ValueError(
                    f"all modules must be made for the {len(in_keys)} keys of the Sequential, but "
                    f"module {i} has {len(one.module_list)} keys"
                )
        chains: List[torch.nn.Module] = [
            torch.nn.Sequential(*[one.module_list[i] for one in maps]) for i in range(len(in_keys))
        ]
        self.module_map = ModuleMap(in_keys, chains, maps[-1].out_properties)

    def forward(self, tensor: TensorMap) -> TensorMap:
        """Apply all modules to a tensor."""
        return self.module_map(tensor)


def _module_map(module: Any) -> ModuleMap:
    found = module if isinstance(module, ModuleMap) else getattr(module, "module_map", None)
    if not isinstance(found, ModuleMap):
        raise TypeError(f"modules of a Sequential must have a `module_map`, got {type(module)}")
    return found
