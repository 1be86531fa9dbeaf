"""Maps for the tests of the transformations of jax."""

import jax
import jax.numpy as jnp
import numpy as np
from array_makers import NumpyArrays
from builders import small_map
from engine_cases import check_map
from metatensor import Labels, TensorBlock, TensorMap


class Counted:
    """Function which counts how many times it runs, which is once for each trace."""

    def __init__(self, function):
        self.function = function
        self.count = 0

    def __call__(self, *args):
        self.count += 1
        return self.function(*args)


def plain_map():
    """Map of numpy arrays, with gradients."""
    return small_map(NumpyArrays)


def total(tensor):
    """One number which depends on all values and gradients."""
    return sum(jnp.sum(jnp.asarray(leaf) ** 2) for leaf in jax.tree.leaves(tensor))


def doubled(tensor):
    """The map with all arrays multiplied by two."""
    return tensor._with_arrays([2 * leaf for leaf in tensor._leaves()])


class _Jax:
    """What the functions of ``engine_cases`` need to check arrays of jax."""

    @staticmethod
    def check(array, expected, rtol):
        assert isinstance(array, jax.Array)
        np.testing.assert_allclose(np.asarray(array), expected, rtol=1e-12)


def check_jax(tensor, expected):
    """Check that a map of jax is the same as one of numpy."""
    check_map(_Jax, tensor, expected)


def convert_labels(tensor):
    """The same map, with labels made of arrays of jax."""
    known = {}

    def convert(one):
        return known.setdefault(id(one), Labels(one.names, jnp.array(one.values)))

    def block_with(block):
        output = TensorBlock(
            block.values,
            convert(block.samples),
            [convert(one) for one in block.components],
            convert(block.properties),
        )
        for parameter, gradient in block.gradients():
            output.add_gradient(parameter, block_with(gradient))
        return output

    return TensorMap(convert(tensor.keys), [block_with(block) for block in tensor])
