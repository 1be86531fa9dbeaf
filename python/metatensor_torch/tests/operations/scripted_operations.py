"""A module which uses all operations, for TorchScript.

Each method takes a map with the keys ``center`` and ``neighbor``, one component ``xyz``, samples
``system`` and ``atom``, properties ``l`` and ``n``, and a gradient.
"""

from typing import List, Union

import metatensor.torch as mts
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap


def column(name: str, values: List[int]) -> Labels:
    return Labels([name], torch.tensor(values).reshape(-1, 1))


def levels() -> List[Union[List[int], torch.Tensor, Labels]]:
    selections: List[Union[List[int], torch.Tensor, Labels]] = []
    for level in range(2):
        selections.append(column("l", [level]))
    return selections


def from_answers(answers: List[bool]) -> TensorMap:
    values = torch.tensor([float(answer) for answer in answers])
    block = mts.block_from_array(values.reshape(-1, 1))
    return TensorMap(column("_", [0]), [block])


def from_blocks(blocks: List[TensorBlock]) -> TensorMap:
    # modules which call static methods of classes can not be saved, `Labels.range` is one
    return TensorMap(column("block", list(range(len(blocks)))), blocks)


class Operations(torch.nn.Module):
    """The methods which do not start with an underscore are called."""

    def forward(self, t: TensorMap) -> TensorMap:
        return t

    @torch.jit.export
    def arithmetic(self, t: TensorMap) -> TensorMap:
        u = mts.subtract(mts.add(mts.abs(t), 1.0), mts.multiply(t, 0.25))
        return mts.pow(mts.divide(mts.multiply(u, t), mts.add(u, 2.0)), 2)

    @torch.jit.export
    def products(self, t: TensorMap) -> TensorMap:
        flat = mts.remove_gradients(t)
        return mts.einsum("s c p, q c p -> s q", flat, flat)

    @torch.jit.export
    def matrix_products(self, t: TensorMap) -> TensorMap:
        flat = mts.remove_gradients(t).components_to_properties("xyz")
        return mts.dot(flat, flat)

    @torch.jit.export
    def least_squares(self, t: TensorMap) -> TensorMap:
        flat = mts.sum_over_properties(mts.remove_gradients(t), ["l"])
        return mts.lstsq(flat, flat, 1e-12)

    @torch.jit.export
    def solve(self, t: TensorMap) -> TensorMap:
        identity = mts.block_from_array(2 * torch.eye(3, dtype=torch.float64))
        other = mts.block_from_array(torch.arange(6, dtype=torch.float64).reshape(3, 2))
        other = TensorBlock(other.values, identity.samples, [], other.properties)
        keys = column("_", [0])
        return mts.solve(TensorMap(keys, [identity]), TensorMap(keys, [other]))

    @torch.jit.export
    def creation(self, t: TensorMap) -> TensorMap:
        random = mts.multiply(mts.random_uniform_like(t), 0.0)
        empty = mts.multiply(mts.zeros_like(mts.empty_like(t)), 1.0)
        return mts.add(mts.add(mts.ones_like(t), random), empty)

    @torch.jit.export
    def creation_of_blocks(self, t: TensorMap) -> TensorMap:
        block = t.block_by_id(0)
        ones, zeros = mts.ones_like_block(block), mts.zeros_like_block(block)
        random = mts.zeros_like_block(mts.random_uniform_like_block(block))
        empty = mts.zeros_like_block(mts.empty_like_block(block))
        return from_blocks([ones, zeros, random, empty])

    @torch.jit.export
    def state(self, t: TensorMap) -> TensorMap:
        return mts.make_contiguous(mts.requires_grad(mts.detach(t), False))

    @torch.jit.export
    def state_of_blocks(self, t: TensorMap) -> TensorMap:
        block = mts.requires_grad_block(mts.detach_block(t.block_by_id(0)), False)
        return from_blocks([mts.make_contiguous_block(mts.remove_gradients_block(block))])

    @torch.jit.export
    def choices(self, t: TensorMap) -> TensorMap:
        kept = mts.filter_blocks(t, column("center", [0]))
        dropped = mts.drop_blocks(t, column("center", [0]))
        return mts.drop_empty_blocks(mts.join([kept, dropped], "keys", add_dimension="i"))

    @torch.jit.export
    def dimensions(self, t: TensorMap) -> TensorMap:
        t = mts.append_dimension(t, "samples", "new", 3)
        t = mts.insert_dimension(t, "properties", 0, "other", 4)
        t = mts.permute_dimensions(t, "samples", [2, 0, 1])
        t = mts.rename_dimension(t, "samples", "new", "renamed")
        return mts.remove_dimension(t, "properties", "other")

    @torch.jit.export
    def rows(self, t: TensorMap) -> TensorMap:
        t = mts.slice(t, "samples", column("atom", [0, 2, 4, 6]))
        first, second = mts.split(t, "properties", levels())
        t = mts.join([second, first], "properties", add_dimension="i")
        return mts.sort(t, "all", descending=True)

    @torch.jit.export
    def rows_of_blocks(self, t: TensorMap) -> TensorMap:
        block = mts.slice_block(t.block_by_id(0), "samples", column("atom", [0, 2, 4, 6]))
        parts = mts.split_block(block, "properties", levels())
        return from_blocks([mts.sort_block(mts.join_blocks(parts, "properties", "i"))])

    @torch.jit.export
    def sums(self, t: TensorMap) -> TensorMap:
        over_samples = mts.add(mts.sum_over_samples(t, "atom"), mts.mean_over_samples(t, "atom"))
        t = mts.add(over_samples, mts.var_over_samples(t, "atom"))
        over_properties = mts.add(mts.sum_over_properties(t, "n"), mts.mean_over_properties(t, "n"))
        return mts.add(over_properties, mts.var_over_properties(t, "n"))

    @torch.jit.export
    def deviations(self, t: TensorMap) -> TensorMap:
        return mts.std_over_properties(mts.std_over_samples(t, "atom"), "n")

    @torch.jit.export
    def sums_of_blocks(self, t: TensorMap) -> TensorMap:
        block = t.block_by_id(0)
        blocks = [mts.sum_over_samples_block(block, "atom")]
        blocks.append(mts.mean_over_samples_block(block, "atom"))
        blocks.append(mts.var_over_samples_block(block, "atom"))
        blocks.append(mts.std_over_samples_block(block, "atom"))
        return from_blocks(blocks)

    @torch.jit.export
    def property_sums_of_blocks(self, t: TensorMap) -> TensorMap:
        block = t.block_by_id(0)
        blocks = [mts.sum_over_properties_block(block, "n")]
        blocks.append(mts.mean_over_properties_block(block, "n"))
        blocks.append(mts.var_over_properties_block(block, "n"))
        blocks.append(mts.std_over_properties_block(block, "n"))
        return from_blocks(blocks)

    @torch.jit.export
    def axes(self, t: TensorMap) -> TensorMap:
        t = mts.components_to_samples(mts.transpose_components(t, [0]), "xyz")
        t = mts.move_dimensions(t, "l", "properties", "samples")
        t = mts.properties_to_components(mts.samples_to_components(t, "xyz"), "n")
        return t.components_to_properties("n")

    @torch.jit.export
    def fills(self, t: TensorMap) -> TensorMap:
        return mts.sparsify(mts.densify(t))

    @torch.jit.export
    def answers(self, t: TensorMap) -> TensorMap:
        u = mts.multiply(t, 1.0)
        mts.equal_raise(t, u)
        mts.allclose_raise(t, u)
        mts.equal_metadata_raise(t, u)
        return from_answers(
            [
                mts.equal(t, u),
                mts.allclose(t, u),
                mts.equal_metadata(t, u),
                mts.equal(t, mts.add(t, 1.0)),
                mts.is_contiguous(t),
            ]
        )

    @torch.jit.export
    def answers_of_blocks(self, t: TensorMap) -> TensorMap:
        a, b = t.block_by_id(0), t.block_by_id(0).copy()
        mts.equal_block_raise(a, b)
        mts.allclose_block_raise(a, b)
        mts.equal_metadata_block_raise(a, b)
        return from_answers(
            [
                mts.equal_block(a, b),
                mts.allclose_block(a, b),
                mts.equal_metadata_block(a, b),
                mts.is_contiguous_block(a),
            ]
        )

    @torch.jit.export
    def labels(self, t: TensorMap) -> TensorMap:
        systems = mts.unique_metadata(t, "samples", "system")
        atoms = mts.unique_metadata_block(t.block_by_id(0), "samples", "atom")
        encoded = mts.one_hot(t.block_by_id(0).properties, column("l", [0, 1]))
        arrays = [systems.values, atoms.values, encoded]
        return from_blocks([mts.block_from_array(array.to(torch.float64)) for array in arrays])
