"""Whole maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from ..._tensor import TensorMap
from ._arrays import draw_or_value, to_engine
from ._labels import dimension_names, labels
from ._structure import (
    LabelsOrStrategy,
    Limits,
    Options,
    component,
    draw_block,
    draw_structure,
    share_components,
)

_TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\0", exclude_categories=["Cs"]), max_size=5
)


@st.composite
def tensor_maps(
    draw: st.DrawFn,
    keys: LabelsOrStrategy | None = None,
    *,
    min_blocks: int = 0,
    max_blocks: int = 4,
    same_samples: bool | None = None,
    same_components: bool | None = None,
    same_properties: bool | None = None,
    sample_names: Sequence[str] | None = None,
    component_names: Sequence[str] | None = None,
    property_names: Sequence[str] | None = None,
    gradients: Sequence[str] | None = None,
    max_depth: int = 2,
    max_components: int = 2,
    max_size: int = 4,
    engine: str | st.SearchStrategy[str] = "numpy",
    dtype: str | st.SearchStrategy[str] = "float64",
    elements: st.SearchStrategy[Any] | None = None,
    info: st.SearchStrategy[dict[str, str]] | None = None,
) -> TensorMap:
    """:py:class:`metatensor.TensorMap`, with sparse keys.

    Names of keys, samples, components and properties are all different, so that keys and
    components can be moved. Moving keys also needs ``same_components=True``, and
    ``max_depth=1``: blocks with gradients of gradients can not be merged.

    :param keys: keys of the map, or strategy for them
    :param min_blocks: least number of blocks, when keys are drawn
    :param max_blocks: largest number of blocks, when keys are drawn
    :param same_samples: do all blocks have the same samples? Drawn by default, as for
        the following ones.
    :param same_components: do all blocks have the same components?
    :param same_properties: do all blocks have the same properties?
    :param sample_names: names of the samples
    :param component_names: names of the components
    :param property_names: names of the properties
    :param gradients: names of the gradients, random ones by default. ``[]`` is for
        maps without gradients.
    :param max_depth: 1 for gradients without gradients, 2 for gradients which may have
        gradients, and so on
    :param max_components: largest number of axes of components, when these are drawn
    :param max_size: largest number of samples and properties
    :param engine: array library for values and labels
    :param dtype: name of the dtype of the values
    :param elements: values of the elements, see :py:func:`arrays`
    :param info: global metadata. By default there are none, or a few.
    """
    dtype = draw_or_value(draw, dtype)
    if keys is None:
        names = dimension_names(exclude=_taken(sample_names, component_names, property_names))
        keys = labels(names, min_size=min_blocks, max_size=max_blocks)
    keys = draw_or_value(draw, keys)
    structure = draw_structure(
        draw,
        None if sample_names is None else list(sample_names),
        None if component_names is None else list(component_names),
        None if property_names is None else list(property_names),
        Limits(max_components, gradients, max_depth),
        keys.names,
    )

    same = st.booleans()
    samples = properties = components = None
    if _draw_unless_given(draw, same, same_samples):
        samples = draw(labels(structure.samples, max_size=max_size))
    if _draw_unless_given(draw, same, same_components):
        components = [draw(component(name)) for name in structure.components]
        share_components(draw, structure)
    if _draw_unless_given(draw, same, same_properties):
        properties = draw(labels(structure.properties, max_size=max_size))
    options = Options(dtype, elements, max_size)
    blocks = [
        draw_block(draw, structure, samples, components, properties, options)
        for _ in range(len(keys))
    ]
    tensor = _with_info(draw, TensorMap(keys, blocks), info)
    result: TensorMap = to_engine(tensor, draw_or_value(draw, engine), dtype)
    return result


def _taken(*names: Sequence[str] | None) -> list[str]:
    return [name for given in names if given is not None for name in given]


def _draw_unless_given(
    draw: st.DrawFn, strategy: st.SearchStrategy[bool], given: bool | None
) -> bool:
    return draw(strategy) if given is None else given


def _with_info(
    draw: st.DrawFn, tensor: TensorMap, info: st.SearchStrategy[dict[str, str]] | None
) -> TensorMap:
    if info is None:
        info = st.dictionaries(_TEXT, _TEXT, max_size=2)
    for key, value in draw(info).items():
        tensor.set_info(key, value)
    return tensor
