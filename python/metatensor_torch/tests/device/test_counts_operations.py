"""What the operations ask of a CUDA device, at most, on maps of many small blocks.

Numbers are those of ``test_counts_classes.py``. Labels were made on the host: what the results are
labelled with is known without asking the device, and all that has to be sent there fits in a copy.

Limits with ``N_BLOCKS`` are of operations which do not reach this yet: they still do something for
each block, and are here to notice when that changes.
"""

import metatensor.torch as mts
import pytest
import torch
from device_cases import DEVICES, Cases
from device_inputs import N_BLOCKS, Labels, make_block, make_map

#: operations which are not counted
NOT_COUNTED = {
    # no data
    *("NotEqualError", "checks_enabled", "unsafe_disable_checks", "unsafe_enable_checks"),
    # a solver for each block, of the libraries of the device
    *("lstsq", "solve"),
    # comparisons which are counted without `_raise`
    *("allclose_raise", "equal_raise", "equal_metadata_raise"),
    *("allclose_block_raise", "equal_block_raise", "equal_metadata_block_raise"),
}


def map_cases(device):
    """Operations on whole maps."""
    t = make_map(device)
    u = mts.multiply(t, 2.0)
    with_gradients = make_map(device, gradient=True)
    flat = t.components_to_properties("xyz")
    parts = [make_map(device, 20) for _ in range(10)]
    systems = Labels(["system"], torch.arange(0, 500, 2).reshape(-1, 1)).to(device)
    keys = Labels(["center"], torch.tensor([[1], [3]])).to(device)
    levels = Labels(["l"], torch.tensor([[0], [1]])).to(device)
    column = torch.arange(10, device=device)
    return {
        # one kernel for the arrays of all blocks, with some dozens of arrays each
        "abs": (0, N_BLOCKS, lambda: mts.abs(t)),
        "add": (0, 10, lambda: mts.add(t, u)),
        "add, number": (0, 10, lambda: mts.add(t, 2.0)),
        "add, gradients": (0, 20, lambda: mts.add(with_gradients, with_gradients)),
        "subtract": (0, 10, lambda: mts.subtract(t, u)),
        "multiply": (0, 10, lambda: mts.multiply(t, u)),
        "multiply, number": (0, 10, lambda: mts.multiply(t, 3.0)),
        "divide": (0, 10, lambda: mts.divide(t, u)),
        "pow": (0, 10, lambda: mts.pow(t, 2.0)),
        "zeros_like": (0, N_BLOCKS, lambda: mts.zeros_like(t)),
        "ones_like": (0, N_BLOCKS, lambda: mts.ones_like(t)),
        "empty_like": (0, 0, lambda: mts.empty_like(t)),
        "random_uniform_like": (0, N_BLOCKS, lambda: mts.random_uniform_like(t)),
        "make_contiguous": (0, 0, lambda: mts.make_contiguous(t)),
        "is_contiguous": (0, 0, lambda: mts.is_contiguous(t)),
        "detach": (0, 0, lambda: mts.detach(t)),
        "requires_grad": (0, 0, lambda: mts.requires_grad(mts.detach(t))),
        "remove_gradients": (0, 0, lambda: mts.remove_gradients(with_gradients)),
        "add, missing": (2, 120, lambda: mts.add(t, u, missing="zero")),
        # multiplication of matrices, one for each block
        "dot": (0, N_BLOCKS, lambda: mts.dot(flat, flat)),
        # the answer is one number
        "equal": (2, 30, lambda: mts.equal(t, u)),
        "allclose": (2, 60, lambda: mts.allclose(t, u)),
        "equal_metadata": (0, 0, lambda: mts.equal_metadata(t, u)),
        # labels only
        "append_dimension": (
            N_BLOCKS,
            5 * N_BLOCKS,
            lambda: mts.append_dimension(t, "samples", "x", column),
        ),
        "insert_dimension": (
            N_BLOCKS,
            5 * N_BLOCKS,
            lambda: mts.insert_dimension(t, "samples", 0, "x", column),
        ),
        "permute_dimensions": (1, 20, lambda: mts.permute_dimensions(t, "samples", [1, 0])),
        "remove_dimension": (1, 20, lambda: mts.remove_dimension(t, "samples", "system")),
        "rename_dimension": (0, 0, lambda: mts.rename_dimension(t, "samples", "atom", "a")),
        "filter_blocks": (1, 0, lambda: mts.filter_blocks(t, keys)),
        "drop_blocks": (1, 0, lambda: mts.drop_blocks(t, keys)),
        "drop_empty_blocks": (0, 0, lambda: mts.drop_empty_blocks(t)),
        "unique_metadata": (3, 2 * N_BLOCKS, lambda: mts.unique_metadata(t, "samples", "system")),
        # rows are moved
        "slice": (1, 20, lambda: mts.slice(t, "samples", systems)),
        "split": (2, 40, lambda: mts.split(t, "properties", [levels, levels])),
        "sort": (2, 60, lambda: mts.sort(t)),
        "join": (1, 60, lambda: mts.join(parts, "samples", add_dimension="i")),
        "join, keys": (1, 10, lambda: mts.join([t, u], "keys", add_dimension="i")),
        "densify": (3 * N_BLOCKS, 8 * N_BLOCKS, lambda: mts.densify(t)),
        "sparsify": (4 * N_BLOCKS, 20 * N_BLOCKS, lambda: mts.sparsify(t)),
        # axes are moved: views, then a copy of each array
        "transpose_components": (0, 0, lambda: mts.transpose_components(t, [0])),
        "components_to_samples": (1, 3 * N_BLOCKS, lambda: mts.components_to_samples(t, "xyz")),
        "samples_to_components": (
            7 * N_BLOCKS,
            64 * N_BLOCKS,
            lambda: mts.samples_to_components(t, "atom"),
        ),
        "properties_to_components": (
            8 * N_BLOCKS,
            64 * N_BLOCKS,
            lambda: mts.properties_to_components(t, "l"),
        ),
        "move_dimensions": (
            *(7 * N_BLOCKS, 70 * N_BLOCKS),
            lambda: mts.move_dimensions(t, "atom", "samples", "properties"),
        ),
        "einsum": (5, 2 * N_BLOCKS, lambda: mts.einsum("s c p, s c p -> s c", t, t)),
        # rows are added
        "sum_over_samples": (1, 20, lambda: mts.sum_over_samples(t, "atom")),
        "mean_over_samples": (1, 40, lambda: mts.mean_over_samples(t, "atom")),
        "var_over_samples": (1, 60, lambda: mts.var_over_samples(t, "atom")),
        "std_over_samples": (1, 80, lambda: mts.std_over_samples(t, "atom")),
        "sum_over_properties": (1, 20, lambda: mts.sum_over_properties(t, "n")),
        "mean_over_properties": (1, 40, lambda: mts.mean_over_properties(t, "n")),
        "var_over_properties": (1, 60, lambda: mts.var_over_properties(t, "n")),
        "std_over_properties": (1, 80, lambda: mts.std_over_properties(t, "n")),
    }


def block_cases(device):
    """Operations on one block."""
    a, b = make_block(0).to(device), make_block(0).to(device)
    c = make_block(1).to(device)
    array = torch.rand(10, 3, 4, device=device)
    systems = Labels(["system"], torch.tensor([[1], [3]])).to(device)
    levels = Labels(["l"], torch.tensor([[0], [1]])).to(device)
    names = Labels(["l"], torch.tensor([[0], [1]])).to(device)
    reductions = {
        f"{kind}_over_{axis}_block": (
            2,
            30,
            lambda kind=kind, axis=axis, name=name: getattr(mts, f"{kind}_over_{axis}_block")(
                a, name
            ),
        )
        for kind in ("sum", "mean", "var", "std")
        for axis, name in (("samples", "atom"), ("properties", "n"))
    }
    return {
        **reductions,
        # counting from 0 on each axis
        "block_from_array": (3, 12, lambda: mts.block_from_array(array)),
        "detach_block": (0, 0, lambda: mts.detach_block(a)),
        "requires_grad_block": (0, 0, lambda: mts.requires_grad_block(mts.detach_block(a))),
        "remove_gradients_block": (0, 0, lambda: mts.remove_gradients_block(a)),
        "make_contiguous_block": (0, 0, lambda: mts.make_contiguous_block(a)),
        "is_contiguous_block": (0, 0, lambda: mts.is_contiguous_block(a)),
        "empty_like_block": (0, 0, lambda: mts.empty_like_block(a)),
        "zeros_like_block": (0, 1, lambda: mts.zeros_like_block(a)),
        "ones_like_block": (0, 1, lambda: mts.ones_like_block(a)),
        "random_uniform_like_block": (0, 1, lambda: mts.random_uniform_like_block(a)),
        "equal_block": (1, 10, lambda: mts.equal_block(a, b)),
        "allclose_block": (1, 20, lambda: mts.allclose_block(a, b)),
        "equal_metadata_block": (0, 0, lambda: mts.equal_metadata_block(a, b)),
        "join_blocks": (1, 10, lambda: mts.join_blocks([a, c], "samples", "i")),
        "slice_block": (2, 10, lambda: mts.slice_block(a, "samples", systems)),
        "split_block": (4, 20, lambda: mts.split_block(a, "properties", [levels, levels])),
        "sort_block": (6, 20, lambda: mts.sort_block(a)),
        "unique_metadata_block": (3, 20, lambda: mts.unique_metadata_block(a, "samples", "atom")),
        "one_hot": (2, 15, lambda: mts.one_hot(a.properties, names)),
    }


KINDS = {"maps": map_cases, "blocks": block_cases}
cases = Cases(KINDS)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("kind", "name"), cases.names)
def test_counts(device, kind, name):
    cases.check(device, kind, name)


def test_all_operations():
    """There is a case for each operation: please add one for a new one, with its numbers."""
    tested = {name.split(",")[0] for _, name in cases.names}
    assert set(mts.operations.__all__) - tested - NOT_COUNTED == set()
