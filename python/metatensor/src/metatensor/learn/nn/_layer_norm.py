"""Normalization of samples."""

from typing import List, Optional, Union

import torch

from .._backend import Labels, TensorMap
from ._arguments import check_keys, invariant_positions, per_block
from ._gradients import check_no_gradients
from ._module import Module
from ._module_map import ModuleMap


class _LayerNorm(Module):
    """Normalizes each sample over all other axes.

    :param in_features: size of the last axis
    :param eps: added to the variance, so that it is never zero
    :param elementwise_affine: multiply the result by a ``weight``, one per feature?
    :param bias: add a ``bias``, one per feature? Only with ``elementwise_affine``
    :param device: device of the parameters
    :param dtype: dtype of the parameters
    :param mean: subtract the mean of each sample?
    """

    weight: Optional[torch.Tensor]
    bias: Optional[torch.Tensor]

    def __init__(
        self,
        in_features: int,
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
        device: Optional[torch.device] = None,
        dtype: Optional[torch.dtype] = None,
        mean: bool = True,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.eps = eps
        self.mean = mean
        weights: List[Optional[torch.nn.Parameter]] = [None, None]
        if elementwise_affine:
            shape = (in_features,)
            weights[0] = torch.nn.Parameter(torch.ones(shape, device=device, dtype=dtype))
            if bias:
                weights[1] = torch.nn.Parameter(torch.zeros(shape, device=device, dtype=dtype))
        self.register_parameter("weight", weights[0])
        self.register_parameter("bias", weights[1])

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        """Normalize an array with shape ``(samples, ..., in_features)``."""
        axes = list(range(1, input.dim()))
        average = input.mean(dim=axes, keepdim=True)
        centered = input - average
        variance = (centered * centered).mean(dim=axes, keepdim=True)
        output = (centered if self.mean else input) / torch.sqrt(variance + self.eps)
        weight, bias = self.weight, self.bias
        if weight is not None:
            output = output * weight
        if bias is not None:
            output = output + bias
        return output


class LayerNorm(Module):
    """Normalizes the values of each sample, over components and properties.

    Arguments after ``in_keys`` can be given once for all blocks, or as a list with one
    value per block.

    :param in_keys: keys of the blocks
    :param in_features: number of properties
    :param out_properties: for each key, the properties of the output
    :param eps: added to the variance, so that it is never zero
    :param elementwise_affine: multiply the result by learnable weights, one per property?
    :param bias: add a learnable bias, one per property? Only with ``elementwise_affine``
    :param mean: subtract the mean of each sample?
    :param device: device of the parameters
    :param dtype: dtype of the parameters
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if there is not one value per block
    """

    def __init__(
        self,
        in_keys: Labels,
        in_features: Union[int, List[int]],
        out_properties: Optional[List[Labels]] = None,
        *,
        eps: Union[float, List[float]] = 1e-5,
        elementwise_affine: Union[bool, List[bool]] = True,
        bias: Union[bool, List[bool]] = True,
        mean: Union[bool, List[bool]] = True,
        device: Optional[torch.device] = None,
        dtype: Optional[torch.dtype] = None,
    ) -> None:
        super().__init__()
        check_keys(in_keys)
        modules = _layers(
            len(in_keys), in_features, eps, elementwise_affine, bias, mean, device, dtype
        )
        self.module_map = ModuleMap(in_keys, modules, out_properties)

    def forward(self, tensor: TensorMap) -> TensorMap:
        """Normalize a tensor without gradients."""
        check_no_gradients(tensor)
        return self.module_map(tensor)


class InvariantLayerNorm(Module):
    """Normalizes the values of each sample in invariant blocks, others do not change.

    Arguments after ``invariant_keys``, and ``in_features``, can be given once for all
    blocks, or as a list with one value per *invariant* block.

    :param in_keys: keys of the blocks
    :param in_features: number of properties
    :param out_properties: for each key, the properties of the output
    :param invariant_keys: labels selecting the invariant blocks, by default those with
        ``o3_lambda = 0`` and ``o3_sigma = 1``
    :param eps: added to the variance, so that it is never zero
    :param elementwise_affine: multiply the result by learnable weights, one per property?
    :param bias: add a learnable bias, one per property? Only with ``elementwise_affine``
    :param mean: subtract the mean of each sample?
    :param device: device of the parameters
    :param dtype: dtype of the parameters
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if there is not one value per block
    """

    def __init__(
        self,
        in_keys: Labels,
        in_features: Union[int, List[int]],
        out_properties: Optional[List[Labels]] = None,
        invariant_keys: Optional[Labels] = None,
        *,
        eps: Union[float, List[float]] = 1e-5,
        elementwise_affine: Union[bool, List[bool]] = True,
        bias: Union[bool, List[bool]] = True,
        mean: Union[bool, List[bool]] = True,
        device: Optional[torch.device] = None,
        dtype: Optional[torch.dtype] = None,
    ) -> None:
        super().__init__()
        invariants = invariant_positions(in_keys, invariant_keys)
        layers = _layers(
            len(invariants), in_features, eps, elementwise_affine, bias, mean, device, dtype
        )
        modules: List[torch.nn.Module] = [torch.nn.Identity() for _ in range(len(in_keys))]
        for position, layer in zip(invariants, layers, strict=True):
            modules[position] = layer
        self.module_map = ModuleMap(in_keys, modules, out_properties)

    def forward(self, tensor: TensorMap) -> TensorMap:
        """Normalize a tensor without gradients."""
        check_no_gradients(tensor)
        return self.module_map(tensor)


def _layers(
    count: int,
    in_features: Union[int, List[int]],
    eps: Union[float, List[float]],
    elementwise_affine: Union[bool, List[bool]],
    bias: Union[bool, List[bool]],
    mean: Union[bool, List[bool]],
    device: Optional[torch.device],
    dtype: Optional[torch.dtype],
) -> List[torch.nn.Module]:
    features = per_block(in_features, "in_features", count, int)
    all_eps = per_block(eps, "eps", count, float)
    affine = per_block(elementwise_affine, "elementwise_affine", count, bool)
    biases = per_block(bias, "bias", count, bool)
    means = per_block(mean, "mean", count, bool)
    return [
        _LayerNorm(features[i], all_eps[i], affine[i], biases[i], device, dtype, means[i])
        for i in range(count)
    ]
