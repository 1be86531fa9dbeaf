"""Labels and their names."""

from __future__ import annotations

import functools
from collections.abc import Collection, Sequence

import numpy as np
from hypothesis import strategies as st

from ..._labels import Labels
from ._arrays import draw_or_value, to_engine

#: Mostly small values, so that two sets of labels have something in common
VALUES = st.one_of(st.integers(-3, 9), st.sampled_from([0, 1, 2, -(2**31), 2**31 - 1, 70000]))

#: Usual names, and some which are valid nonetheless
_NAMES = [
    *(
        "system",
        "atom",
        "type",
        "neighbor",
        "n",
        "l",
        "m",
        "k",
        "xyz",
        "first_atom",
        "cell_shift_a",
    ),
    *("_", "__", "A", "a", "x1", "_0", "Type", "values", "names", "keys", "block", "o3_lambda"),
]


def dimension_names(
    min_size: int = 1, max_size: int = 3, *, exclude: Collection[str] = ()
) -> st.SearchStrategy[list[str]]:
    """Lists of different valid names for dimensions.

    :param min_size: least number of names
    :param max_size: largest number of names
    :param exclude: names which are taken
    """
    return _dimension_names(min_size, max_size, frozenset(exclude))


# making a strategy takes longer than using it
@functools.lru_cache(maxsize=512)
def _dimension_names(
    min_size: int, max_size: int, exclude: frozenset[str]
) -> st.SearchStrategy[list[str]]:
    names = [name for name in _NAMES if name not in exclude]
    # others are only needed once these are all taken
    i = 0
    while len(names) < max_size:
        if f"name_{i}" not in exclude:
            names.append(f"name_{i}")
        i += 1
    return st.lists(st.sampled_from(names), min_size=min_size, max_size=max_size, unique=True)


@functools.lru_cache(maxsize=512)
def _rows(
    columns: int, min_size: int, max_size: int, values: st.SearchStrategy[int]
) -> st.SearchStrategy[list[tuple[int, ...]]]:
    row = st.tuples(*[values] * columns)
    return st.lists(row, min_size=min_size, max_size=max_size, unique=True)


@st.composite
def labels(
    draw: st.DrawFn,
    names: str | Sequence[str] | st.SearchStrategy[list[str]] | None = None,
    *,
    min_size: int = 0,
    max_size: int = 5,
    values: st.SearchStrategy[int] = VALUES,
    engine: str | st.SearchStrategy[str] = "numpy",
) -> Labels:
    """:py:class:`metatensor.Labels`, with entries in any order.

    :param names: names of the dimensions, one to three random ones by default
    :param min_size: least number of entries
    :param max_size: largest number of entries
    :param values: 32-bit integers, mostly small ones by default
    :param engine: array library for the values
    """
    if names is None:
        names = dimension_names()
    names = draw_or_value(draw, names)
    names = [names] if isinstance(names, str) else list(names)
    # labels without dimensions have no entries
    size = max_size if names else 0
    rows = draw(_rows(len(names), min_size, size, values))
    drawn = Labels(names, np.array(rows, dtype=np.int32).reshape(len(rows), len(names)))
    result: Labels = to_engine(drawn, draw_or_value(draw, engine), "int32")
    return result
