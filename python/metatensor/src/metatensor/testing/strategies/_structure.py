"""What all blocks of a map have in common, and drawing blocks with it."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from ..._block import TensorBlock
from ..._labels import Labels
from ._arrays import draw_numpy, draw_or_value
from ._labels import VALUES, dimension_names, labels

#: Labels, or a way to make them
LabelsOrStrategy = Labels | st.SearchStrategy[Labels]
#: Labels of all components, or a way to make each of them
Components = Sequence[LabelsOrStrategy]

_PARAMETERS = ["positions", "strain", "cell", "alpha", "g"]


@dataclass
class Structure:
    """Names in the labels of a block, and in those of its gradients."""

    samples: list[str]
    components: list[str]
    properties: list[str]
    gradients: dict[str, Structure] = field(default_factory=dict)
    #: Names of the components which only this gradient has
    extra: list[str] = field(default_factory=list)
    #: Labels for them, if they are the same in all blocks
    shared: list[Labels] | None = None


@dataclass
class Options:
    """How the arrays and labels of a block are drawn."""

    dtype: str
    elements: st.SearchStrategy[Any] | None
    max_size: int


@dataclass
class Limits:
    """How many components and gradients there can be."""

    max_components: int
    gradients: Sequence[str] | None
    max_depth: int


def draw_structure(
    draw: st.DrawFn,
    samples: list[str] | None,
    components: list[str] | None,
    properties: list[str] | None,
    limits: Limits,
    taken: Sequence[str] = (),
) -> Structure:
    """Draw the names which are not given; all names are different."""
    used = {*taken, *(samples or []), *(components or []), *(properties or [])}

    def names(given: list[str] | None, min_size: int, max_size: int) -> list[str]:
        if given is not None:
            return given
        drawn = draw(dimension_names(min_size, max_size, exclude=used))
        used.update(drawn)
        return drawn

    structure = Structure(
        names(samples, 1, 2),
        names(components, 0, limits.max_components),
        names(properties, 1, 2),
    )
    used.update({"sample"})
    _draw_gradients(draw, structure, limits.gradients, limits.max_depth, used)
    return structure


def _draw_gradients(
    draw: st.DrawFn,
    structure: Structure,
    parameters: Sequence[str] | None,
    depth: int,
    used: set[str],
) -> None:
    if parameters is None:
        parameters = draw(_parameters(min(depth, 2)))
    for parameter in parameters:
        samples = draw(dimension_names(0, 1, exclude=used))
        extra = draw(dimension_names(0, 1, exclude={*used, *samples}))
        gradient = Structure(
            ["sample", *samples],
            [*extra, *structure.components],
            structure.properties,
            extra=extra,
        )
        # gradients of gradients are rare, and only drawn, never asked for by name
        if depth > 1:
            _draw_gradients(draw, gradient, None, depth - 1, {*used, *samples, *extra})
        structure.gradients[parameter] = gradient


@functools.lru_cache
def _parameters(max_size: int) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(_PARAMETERS), max_size=max_size, unique=True)


def draw_block(
    draw: st.DrawFn,
    structure: Structure,
    samples: LabelsOrStrategy | None,
    components: Components | None,
    properties: LabelsOrStrategy | None,
    options: Options,
) -> TensorBlock:
    """Draw a block of numpy arrays, and its gradients."""
    if samples is None:
        samples = labels(structure.samples, max_size=options.max_size)
    if components is None:
        components = [component(name) for name in structure.components]
    if properties is None:
        properties = labels(structure.properties, max_size=options.max_size)
    return _fill(
        draw,
        structure,
        draw_or_value(draw, samples),
        [draw_or_value(draw, each) for each in components],
        draw_or_value(draw, properties),
        options,
    )


def share_components(draw: st.DrawFn, structure: Structure) -> None:
    """Draw the components which gradients add, once for all blocks."""
    for gradient in structure.gradients.values():
        gradient.shared = [draw(component(name)) for name in gradient.extra]
        share_components(draw, gradient)


def component(name: str) -> st.SearchStrategy[Labels]:
    """Labels for one axis of components, which can not be empty."""
    return labels(name, min_size=1, max_size=3)


def _fill(
    draw: st.DrawFn,
    structure: Structure,
    samples: Labels,
    components: list[Labels],
    properties: Labels,
    options: Options,
) -> TensorBlock:
    axes = [samples, *components, properties]
    shape = tuple(len(axis) for axis in axes)
    values = draw_numpy(draw, shape, options.dtype, options.elements)
    block = TensorBlock(values, samples, components, properties)
    for parameter, gradient in structure.gradients.items():
        extra = gradient.shared
        if extra is None:
            extra = [draw(component(name)) for name in gradient.extra]
        block.add_gradient(
            parameter,
            _fill(
                draw,
                gradient,
                draw(_gradient_samples(gradient.samples, len(samples), options.max_size)),
                [*extra, *components],
                properties,
                options,
            ),
        )
    return block


@functools.lru_cache(maxsize=512)
def _gradient_rows(
    columns: int, count: int, max_size: int
) -> st.SearchStrategy[list[tuple[int, ...]]]:
    row = st.tuples(st.integers(0, max(count - 1, 0)), *[VALUES] * columns)
    return st.lists(row, max_size=max_size if count else 0, unique=True)


@st.composite
def _gradient_samples(draw: st.DrawFn, names: list[str], count: int, max_size: int) -> Labels:
    rows = draw(_gradient_rows(len(names) - 1, count, max_size))
    return Labels(names, np.array(rows, dtype=np.int32).reshape(len(rows), len(names)))
