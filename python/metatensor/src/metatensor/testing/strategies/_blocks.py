"""Single blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from ..._block import TensorBlock
from ._arrays import draw_or_value, to_engine
from ._structure import Components, LabelsOrStrategy, Limits, Options, draw_block, draw_structure


@st.composite
def blocks(
    draw: st.DrawFn,
    *,
    samples: LabelsOrStrategy | None = None,
    components: Components | None = None,
    properties: LabelsOrStrategy | None = None,
    gradients: Sequence[str] | None = None,
    max_depth: int = 2,
    max_components: int = 2,
    max_size: int = 4,
    engine: str | st.SearchStrategy[str] = "numpy",
    dtype: str | st.SearchStrategy[str] = "float64",
    elements: st.SearchStrategy[Any] | None = None,
) -> TensorBlock:
    """:py:class:`metatensor.TensorBlock`, with gradients.

    :param samples: labels of the samples, or strategy for them
    :param components: labels of all components, or strategies for each of them
    :param properties: labels of the properties, or strategy for them
    :param gradients: names of the gradients, random ones by default. ``[]`` is for
        blocks without gradients.
    :param max_depth: 1 for gradients without gradients, 2 for gradients which may have
        gradients, and so on
    :param max_components: largest number of axes of components, when these are drawn
    :param max_size: largest number of samples and properties, when these are drawn
    :param engine: array library for values and labels
    :param dtype: name of the dtype of the values
    :param elements: values of the elements, see :py:func:`arrays`
    """
    dtype = draw_or_value(draw, dtype)
    samples = None if samples is None else draw_or_value(draw, samples)
    properties = None if properties is None else draw_or_value(draw, properties)
    drawn = None
    if components is not None:
        drawn = [draw_or_value(draw, component) for component in components]
    structure = draw_structure(
        draw,
        None if samples is None else samples.names,
        None if drawn is None else [name for c in drawn for name in c.names],
        None if properties is None else properties.names,
        Limits(max_components, gradients, max_depth),
    )
    options = Options(dtype, elements, max_size)
    block = draw_block(draw, structure, samples, drawn, properties, options)
    result: TensorBlock = to_engine(block, draw_or_value(draw, engine), dtype)
    return result
