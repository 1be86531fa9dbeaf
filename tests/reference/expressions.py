"""Small objects for programs that are written by hand."""

from __future__ import annotations

from typing import Any

from session import Expression, call

#: An empty list
NOTHING: Expression = {"list": []}


def array(values: Any, dtype: str = "int32", engine: str = "numpy") -> Expression:
    """An array of integers of the given rows."""
    shape, item = [], values
    while isinstance(item, list):
        shape.append(len(item))
        item = item[0] if item else None
    content = {"engine": engine, "dtype": dtype, "shape": shape, "values": values, "bytes": None}
    return {"built": {"array": content}}


def labels(names: list[str], values: Any, engine: str = "numpy") -> Expression:
    """Labels with at least one entry."""
    return call("Labels", {"list": names}, array(values, engine=engine))


def column(name: str, count: int, engine: str = "numpy") -> Expression:
    """Labels with one dimension."""
    return labels([name], [[i] for i in range(count)], engine)


def block(dtype: str = "int64", engine: str = "numpy", components: int = 0) -> Expression:
    """Block of two samples and two properties, with components of the sizes 2, 3, …"""
    values: Any = 0
    sizes = [2, *range(2, 2 + components), 2]
    for size in reversed(sizes):
        values = [values] * size
    values = _numbered(values, [0])
    axes = [column(f"c{i}", 2 + i, engine) for i in range(components)]
    return call(
        "TensorBlock",
        array(values, dtype, engine),
        column("s", 2, engine),
        {"list": axes},
        column("p", 2, engine),
    )


def _numbered(values: Any, next_value: list[int]) -> Any:
    if isinstance(values, list):
        return [_numbered(item, next_value) for item in values]
    next_value[0] += 1
    return next_value[0] % 2 if next_value[0] > 100 else next_value[0]


def tensor(blocks: int = 2, engine: str = "numpy", **keywords: Any) -> Expression:
    """Map with the keys k = 0, 1, …"""
    return call(
        "TensorMap",
        column("k", blocks, engine),
        {"list": [block(engine=engine, **keywords) for _ in range(blocks)]},
    )


def gradient(samples: int = 2) -> Expression:
    """Gradient for a block without components."""
    return call(
        "TensorBlock",
        array([[7, 8]] * samples, "int64"),
        column("sample", samples),
        {"list": []},
        column("p", 2),
    )
