"""Reading what users give to Labels."""

from typing import Any

import numpy as np

from . import _labels_core as core
from ._arrays import Engine, find_engine
from ._arrays._base import CPU
from ._arrays._registry import type_name
from ._labels_entry import LabelsEntry

_FEW_VALUES = 128
_INT32_MIN, _INT32_MAX = -(2**31), 2**31 - 1


def check_values(dims: core.Dimensions, values: Any, engine: Engine) -> Any:
    """Make the private int32 values of labels out of an array given by a user."""
    shape = engine.shape(values)
    count = len(dims.names)
    if shape and (shape[0] == 0 or (count == 0 and 0 in shape)):
        return engine.empty_labels(values, count)
    if len(shape) != 2:
        raise ValueError(f"Labels values must be a 2-D array, got an array with shape {shape}")
    core.check_columns(dims, shape[1])
    return engine.labels_values(values)


def fits_int32(row: list[int]) -> bool:
    """Say if a row can be there at all: some values, which all fit in 32-bit."""
    return bool(row) and min(row) >= _INT32_MIN and max(row) <= _INT32_MAX


def few_unique_rows(values: Any, engine: Engine) -> bool:
    """Say if there are few enough rows to see at once that they are unique.

    For them, this is several times faster than making the C labels.
    """
    count = values.shape[0]
    if count < 2:
        return True
    if count * values.shape[1] > _FEW_VALUES:
        return False
    if type(values) is not np.ndarray:
        if engine.dlpack_device(values) != CPU:
            return False
        values = engine.to_host(values)
    if values.shape[1] == 1:
        return len(set(values.ravel().tolist())) == int(count)
    columns = values.T.tolist()
    return len(set(zip(*columns, strict=True))) == int(count)


def entry_values(entry: Any) -> list[int]:
    """The values of an entry as Python integers."""
    if isinstance(entry, LabelsEntry):
        return entry._tolist()
    try:
        engine = find_engine(entry)
        values = entry if engine is None else engine.tolist(entry)
        return [value.__index__() for value in values]
    except (TypeError, AttributeError):
        raise TypeError(
            "an entry must be a LabelsEntry or a sequence of integers, "
            f"got {type_name(entry)}: {entry!r}"
        ) from None
