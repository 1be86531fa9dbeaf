"""Maps which do not fit together, for tests of what operations say about it.

They have two blocks. Entries of labels are different in the second block, whose key is ``KEY``;
names are those of all blocks.
"""

import metatensor as mts
import numpy as np
from metatensor import Labels, TensorBlock, TensorMap

FIRST_KEY = "(center=0, neighbor=0)"
KEY = "(center=1, neighbor=2)"

SAMPLES = (["s", "a"], [[0, 0], [0, 1], [3, 1]])
PROPERTIES = (["n"], [[0], [4]])
ROWS = (["sample", "atom"], [[0, 5], [2, 6]])


def make(
    *,
    keys=(["center", "neighbor"], [[0, 0], [1, 2]]),
    samples=SAMPLES,
    components=(["m"], [[-1], [1]]),
    properties=PROPERTIES,
    gradient_samples=ROWS,
    extra=(["xyz"], [[0], [1]]),
):
    """Map with two blocks, and a gradient ``g`` unless there are no ``gradient_samples``."""
    blocks = []
    for i in range(len(keys[1])):
        # the usual entries for the first block, with these names
        s = labels(samples, SAMPLES, i)
        p = labels(properties, PROPERTIES, i)
        axes = [labels(components, (["m"], [[-1], [1]]), i)] if components else []
        block = TensorBlock(numbers(s, axes, p), s, axes, p)
        if gradient_samples:
            rows = labels(gradient_samples, ROWS, i)
            axes = [labels(extra, extra, i), *axes]
            block.add_gradient("g", TensorBlock(numbers(rows, axes, p), rows, axes, p))
        blocks.append(block)
    return TensorMap(Labels(keys[0], np.array(keys[1])), blocks)


def labels(given, usual, i):
    """Labels of one of the blocks."""
    return Labels(given[0], np.array(usual[1] if i == 0 else given[1]))


def numbers(samples, components, properties):
    """Values which are all different."""
    shape = [len(samples), *map(len, components), len(properties)]
    return np.arange(np.prod(shape)).reshape(shape) + 0.5


def with_other_number(gradient):
    """The usual map with 99.25 in one place of the second block."""
    tensor = make()
    if gradient:
        tensor.block(1).gradient("g").values[1, 1, 0, 1] = 99.25
    else:
        tensor.block(1).values[1, 0, 1] = 99.25
    return tensor


NONE = {"components": None, "gradient_samples": None}
MAPS = {
    "t": make(),
    "other_key_names": make(keys=(["center", "other"], [[0, 0], [1, 2]])),
    "fewer_keys": make(keys=(["center", "neighbor"], [[0, 0]])),
    "other_keys": make(keys=(["center", "neighbor"], [[0, 0], [1, 7]])),
    "other_samples": make(samples=(["s", "a"], [[0, 0], [5, 1], [3, 1]])),
    "fewer_samples": make(
        samples=(["s", "a"], [[0, 0], [0, 1]]),
        gradient_samples=(["sample", "atom"], [[0, 5], [1, 6]]),
    ),
    "other_sample_names": make(samples=(["s", "b"], SAMPLES[1])),
    "other_components": make(components=(["m"], [[-1], [8]])),
    "other_component_names": make(components=(["k"], [[-1], [1]])),
    "no_components": make(components=None),
    "other_properties": make(properties=(["n"], [[0], [9]])),
    "fewer_properties": make(properties=(["n"], [[0]])),
    "other_property_names": make(properties=(["q"], [[0], [4]])),
    "no_gradients": make(gradient_samples=None),
    "other_gradient_samples": make(gradient_samples=(["sample", "atom"], [[0, 5], [2, 7]])),
    "other_gradient_names": make(gradient_samples=(["sample", "pair"], ROWS[1])),
    "other_gradient_components": make(extra=(["abc"], [[0], [1]])),
    "other_values": with_other_number(False),
    "other_gradient_values": with_other_number(True),
    # without components and gradients
    "matrix": make(**NONE),
    "matrix_other_properties": make(properties=(["n"], [[0], [9]]), **NONE),
    "matrix_other_samples": make(samples=(["s", "a"], [[0, 0], [5, 1], [3, 1]]), **NONE),
    "square": mts.slice(make(**NONE), "samples", Labels(["s", "a"], np.array(SAMPLES[1][:2]))),
    "square_with_gradients": mts.slice(
        make(components=None), "samples", Labels(["s", "a"], np.array(SAMPLES[1][:2]))
    ),
}


class Inputs:
    """All maps as attributes, and how to make labels and arrays, in one flavour."""

    def __init__(self, convert, labels, array):
        self.labels, self.array = labels, array
        for name, tensor in MAPS.items():
            setattr(self, name, convert(tensor))
