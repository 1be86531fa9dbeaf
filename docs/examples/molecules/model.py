"""A neural network potential: one small network per element, energies summed over atoms."""

from __future__ import annotations

import metatensor.torch as mts
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap
from metatensor.torch.learn.nn import Linear, Module, Sequential, Tanh


class EnergyModel(Module):
    """Energies of molecules, and their gradients, from atomic descriptors.

    :param types: atomic numbers of the elements the model knows
    :param n_radial: number of radial functions in the descriptor
    :param n_hidden: width of the hidden layers
    """

    def __init__(self, types: list[int], n_radial: int, n_hidden: int) -> None:
        super().__init__()
        column = torch.tensor(types).reshape(-1, 1)
        keys = Labels("center_type", column)
        energy = Labels("energy", torch.tensor([[0]]))
        # metatensor data registered here follows the module to other devices and into files
        self.register_buffer("neighbor_types", Labels("neighbor_type", column))
        self.network = Sequential(
            keys,
            Linear(keys, in_features=len(types) * n_radial, out_features=n_hidden),
            Tanh(keys),
            Linear(keys, in_features=n_hidden, out_features=n_hidden),
            Tanh(keys),
            Linear(keys, in_features=n_hidden, out_properties=[energy] * len(types)),
        )

    def forward(self, descriptor: TensorMap, gradients: bool = False) -> TensorMap:
        """Energy of each system, in eV.

        :param descriptor: map with keys ``(center_type, neighbor_type)``, see ``RadialDescriptor``
        :param gradients: also compute the gradient of the energies with respect to positions
            (the opposite of forces, in eV/angstrom), from that of the descriptor
        :return: map with one block, samples ``system`` and property ``energy``
        """
        features = descriptor.keys_to_properties(self.neighbor_types)
        inputs = mts.remove_gradients(features)
        if gradients:
            inputs = mts.requires_grad(mts.detach(inputs), True)
        atomic = self.network(inputs)
        if gradients:
            atomic = self.chain_rule(features, inputs, atomic)
        return mts.sum_over_samples(atomic.keys_to_samples("center_type"), ["atom", "center_type"])

    def chain_rule(self, features: TensorMap, inputs: TensorMap, atomic: TensorMap) -> TensorMap:
        """Add ``positions`` gradients to atomic energies: dE/dr = dE/dx . dx/dr.

        :param features: descriptors x, with their gradients dx/dr
        :param inputs: the same without gradients, which ``atomic`` was computed from
        :param atomic: atomic energies E, one for each sample of ``features``
        """
        blocks: list[TensorBlock] = []
        for i in range(len(features)):
            energy = atomic.block_by_id(i)
            # one energy for each sample, which depends only on the features of this sample
            grad = torch.autograd.grad(
                [energy.values.sum()], [inputs.block_by_id(i).values], create_graph=self.training
            )[0]
            assert grad is not None
            dx_dr = features.block_by_id(i).gradient("positions")
            sample = dx_dr.samples.column("sample").to(torch.int64)
            values = (grad[sample].unsqueeze(1) * dx_dr.values).sum(dim=-1, keepdim=True)

            block = TensorBlock(energy.values, energy.samples, energy.components, energy.properties)
            gradient = TensorBlock(values, dx_dr.samples, dx_dr.components, energy.properties)
            block.add_gradient("positions", gradient)
            blocks.append(block)
        return TensorMap(atomic.keys, blocks)
