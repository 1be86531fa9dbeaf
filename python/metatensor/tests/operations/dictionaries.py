"""Tensors as dictionaries of numbers, which naive models work with."""

import itertools

from helpers import numpy


def rows(labels):
    return [tuple(map(int, row)) for row in numpy(labels.values)]


def numbers(block, samples=None):
    """Elements of a block by their entries."""
    axes = [samples or rows(block.samples), *map(rows, block.components), rows(block.properties)]
    flat = numpy(block.values).reshape(-1).tolist()
    return dict(zip(itertools.product(*axes), flat))


def values_of(tensor):
    """Elements of all values of a tensor, by key and entries."""
    return {
        (key, *entry): number
        for key, block in zip(rows(tensor.keys), tensor)
        for entry, number in numbers(block).items()
    }


def gradients_of(tensor):
    """Elements of all gradients, by name, key and entries.

    Samples are those of the values, followed by what else the samples of the gradient contain.
    Zeros are left out.
    """
    output = {}
    for key, block in zip(rows(tensor.keys), tensor):
        samples = rows(block.samples)
        for name, gradient in block.gradients():
            described = [(samples[row[0]], *row[1:]) for row in rows(gradient.samples)]
            for entry, number in numbers(gradient, described).items():
                if number != 0:
                    output[(name, key, *entry)] = number
    return output
