"""Neural network modules for tensor maps."""

from ._equivariant_transformation import EquivariantTransformation
from ._layer_norm import InvariantLayerNorm, LayerNorm
from ._linear import EquivariantLinear, Linear
from ._module import Buffer, Module
from ._module_map import ModuleMap
from ._relu import InvariantReLU, ReLU
from ._sequential import Sequential
from ._silu import InvariantSiLU, SiLU
from ._tanh import InvariantTanh, Tanh

__all__ = [
    "Buffer",
    "EquivariantLinear",
    "EquivariantTransformation",
    "InvariantLayerNorm",
    "InvariantReLU",
    "InvariantSiLU",
    "InvariantTanh",
    "LayerNorm",
    "Linear",
    "Module",
    "ModuleMap",
    "ReLU",
    "Sequential",
    "SiLU",
    "Tanh",
]
