"""Blocks and maps as tables and labelled arrays of other libraries."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ._arrays import engine_of
from ._arrays._registry import type_name
from ._block import TensorBlock
from ._labels import Labels
from ._tensor import TensorMap

#: Name of the column of the values, unless another one is asked for
_VALUE = "value"


def block_to_xarray(block: TensorBlock) -> Any:
    """See :py:meth:`TensorBlock.to_xarray`."""
    import xarray as xr

    axes = [block.samples, *block.components, block.properties]
    dims = ["samples", *[labels.names[0] for labels in block.components], "properties"]
    if len(set(dims)) != len(dims):
        raise ValueError(f"can not tell these dimensions of an xarray apart: {dims}")
    coords = xr.Coordinates()
    for dim, labels in zip(dims, axes, strict=True):
        coords = coords.merge(_axis_coordinates(dim, labels)).coords
    host = engine_of(block.values).to_host(block.values)
    return xr.DataArray(host, dims=dims, coords=coords)


def _axis_coordinates(dim: str, labels: Labels) -> Any:
    import pandas as pd
    import xarray as xr

    if dim not in {"samples", "properties"}:
        return xr.Coordinates({dim: np.asarray(labels)[:, 0]})
    if not labels.names:
        return xr.Coordinates()
    # always several levels, also for one dimension: its name is not the one of the axis
    index = pd.MultiIndex.from_arrays(list(labels.to_dict().values()), names=labels.names)
    return xr.Coordinates.from_pandas_multiindex(index, dim)


def block_from_xarray(array: Any) -> TensorBlock:
    """See :py:meth:`TensorBlock.from_xarray`."""
    import xarray as xr

    if not isinstance(array, xr.DataArray):
        raise TypeError(f"`array` must be an xarray.DataArray, got {type_name(array)}")
    dims = [str(dim) for dim in array.dims]
    if len(dims) < 2 or dims[0] != "samples" or dims[-1] != "properties":
        raise ValueError(
            f"the first dimension must be 'samples' and the last one 'properties', got {dims}"
        )
    axes = [_axis_labels(array, dim) for dim in dims]
    return TensorBlock(array.values, axes[0], axes[1:-1], axes[-1])


def _axis_labels(array: Any, dim: str) -> Labels:
    import pandas as pd

    index = array.indexes.get(dim)
    if index is None:
        return Labels.range(dim, array.sizes[dim])
    if isinstance(index, pd.MultiIndex):
        return Labels.from_pandas(index)
    return Labels.from_dict({dim: index.to_numpy()})


def map_to_columns(tensor: TensorMap, value: str) -> dict[str, npt.NDArray[Any]]:
    """One column for each dimension of keys and blocks, and one for the values."""
    names = [*tensor.keys.names, *tensor.sample_names, *tensor.component_names]
    names += [*tensor.property_names, value]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(
                f"the name '{name}' is used several times, and columns must have different names"
            )
    parts = [_block_columns(tensor, i) for i in range(len(tensor))]
    columns = {
        name: np.concatenate([part[i] for part in parts] or [np.zeros(0, dtype=np.int32)])
        for i, name in enumerate(names)
    }
    if not parts:
        columns[value] = np.zeros(0)
    return columns


def _block_columns(tensor: TensorMap, index: int) -> list[npt.NDArray[Any]]:
    block = tensor.block_by_id(index)
    values = engine_of(block.values).to_host(block.values)
    columns = [np.full(values.size, key, dtype=np.int32) for key in np.asarray(tensor.keys)[index]]
    for axis, labels in enumerate([block.samples, *block.components, block.properties]):
        for column in labels.to_dict().values():
            shape = [1] * values.ndim
            shape[axis] = len(column)
            columns.append(np.broadcast_to(column.reshape(shape), values.shape).reshape(-1))
    columns.append(values.reshape(-1))
    return columns


def map_to_pandas(tensor: TensorMap, value: str = _VALUE) -> Any:
    """See :py:meth:`TensorMap.to_pandas`."""
    import pandas as pd

    return pd.DataFrame(map_to_columns(tensor, value))


def map_to_arrow(tensor: TensorMap, value: str = _VALUE) -> Any:
    """See :py:meth:`TensorMap.to_arrow`."""
    import pyarrow as pa

    return pa.table(map_to_columns(tensor, value))


def map_from_columns(
    table: Any,
    keys: Sequence[str],
    samples: Sequence[str],
    components: Sequence[str],
    properties: Sequence[str],
    value: str,
    fill_value: Any,
) -> TensorMap:
    """See :py:meth:`TensorMap.from_table`."""
    columns = _read_columns(table, [*keys, *samples, *components, *properties, value])
    values = columns.pop(value)
    key_labels, inverse = _unique_rows(columns, keys)
    order = np.argsort(inverse, kind="stable")
    bounds = np.searchsorted(inverse[order], np.arange(len(key_labels) + 1))
    blocks = []
    for i in range(len(key_labels)):
        rows = order[bounds[i] : bounds[i + 1]]
        part = {name: column[rows] for name, column in columns.items()}
        axes = [tuple(samples), *[(name,) for name in components], tuple(properties)]
        blocks.append(_dense_block(part, values[rows], axes, fill_value))
    return TensorMap(key_labels, blocks)


def _dense_block(
    columns: dict[str, npt.NDArray[Any]],
    values: npt.NDArray[Any],
    axes: Sequence[tuple[str, ...]],
    fill_value: Any,
) -> TensorBlock:
    labels, indices = zip(*[_unique_rows(columns, names) for names in axes], strict=True)
    shape = tuple(len(axis) for axis in labels)
    flat = np.ravel_multi_index(indices, shape)
    if len(np.unique(flat)) != len(flat):
        raise ValueError("the table has several values for the same entry of a block")
    data = np.full(shape, fill_value, dtype=values.dtype)
    data.reshape(-1)[flat] = values
    return TensorBlock(data, labels[0], labels[1:-1], labels[-1])


def _unique_rows(
    columns: dict[str, npt.NDArray[Any]], names: Sequence[str]
) -> tuple[Labels, npt.NDArray[np.int64]]:
    """The different rows of some columns, in order of first appearance, and where they are."""
    count = len(next(iter(columns.values())))
    if not names:
        return Labels.single(), np.zeros(count, dtype=np.int64)
    rows = np.stack([columns[name] for name in names], axis=1)
    _, first, inverse = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    new_index = np.empty_like(order)
    new_index[order] = np.arange(len(order))
    return Labels(list(names), rows[first[order]]), new_index[inverse.reshape(-1)]


def _read_columns(table: Any, names: Sequence[str]) -> dict[str, npt.NDArray[Any]]:
    for name in names:
        if list(names).count(name) > 1:
            raise ValueError(f"the column '{name}' is used several times")
    # Arrow has names of columns, pandas an index of them
    known = [str(name) for name in getattr(table, "column_names", getattr(table, "columns", ()))]
    missing = [name for name in names if name not in known]
    if missing:
        raise ValueError(f"there are no columns {missing} in the table, which has {known}")
    return {name: np.asarray(table[name]) for name in names}
