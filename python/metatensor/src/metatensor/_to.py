"""The arguments of ``.to(…)``, shared by Labels, TensorBlock and TensorMap."""

from typing import Any, NamedTuple, Optional

import numpy as np

from ._arrays import engine_by_name, engine_of, find_engine
from ._arrays._registry import loaded_engines, type_name

#: Types of devices where libraries can see the memory of each other: CUDA and ROCm
_SHARED_DEVICES = (2, 10)


class ToRequest(NamedTuple):
    """What a call to ``.to(…)`` asks for; ``None`` means no change."""

    dtype: Any
    device: Any
    arrays: Optional[str]
    non_blocking: bool

    def is_noop(self) -> bool:
        """Say if nothing is requested."""
        return self.dtype is None and self.device is None and self.arrays is None

    def for_labels(self) -> "ToRequest":
        """The part of the request which applies to labels."""
        return self._replace(dtype=None)

    def apply(self, array: Any) -> Any:
        """Convert an array.

        :returns: the same object if nothing has to change
        """
        dtype, device, arrays, non_blocking = self
        engine = engine_of(array)
        if arrays is not None and arrays != engine.name:
            target = engine_by_name(arrays)
            if arrays == "numpy" and device is not None and not engine.host_labels:
                # numpy can not take data from other devices: move it there first
                array = engine.to(array, None, device, non_blocking)
                device = None
            if engine.dlpack_device(array)[0] in _SHARED_DEVICES and arrays != "numpy":
                array = target.from_device(array)
            else:
                array = target.from_numpy_as(engine.to_numpy(array), dtype)
                dtype = None
            engine = target
        if dtype is not None:
            array = engine.to(array, dtype, None, non_blocking)
        if device is not None:
            array = engine.to(array, None, device, non_blocking)
        return array


def parse_to_arguments(
    method: str,
    args: tuple[Any, ...],
    *,
    dtype: Any = None,
    device: Any = None,
    arrays: Optional[str] = None,
    non_blocking: bool = False,
) -> ToRequest:
    """Classify the arguments of ``.to(…)``.

    :param method: name of the method for messages, e.g. ``"Labels.to"``
    :param args: positional arguments: dtypes and devices, in any order
    :raises TypeError: if a positional argument is neither a dtype nor a device
    :raises ValueError: if there are several dtypes or devices, or for unknown ``arrays``
    """
    for value in args:
        if value is None:
            continue
        if _is_device(value):
            if device is not None:
                raise ValueError(f"can not give a device twice to `{method}`")
            device = value
        elif _is_dtype(value):
            if dtype is not None:
                raise ValueError(f"can not give a dtype twice to `{method}`")
            dtype = value
        else:
            raise TypeError(
                f"unexpected argument of type {type_name(value)} in `{method}`, "
                "expected a dtype or a device"
            )

    if arrays is not None:
        engine_by_name(arrays)
    return ToRequest(dtype, device, arrays, bool(non_blocking))


def _is_device(value: object) -> bool:
    return isinstance(value, str) or any(e.is_device(value) for e in loaded_engines())


def _is_dtype(value: Any) -> bool:
    if find_engine(value) is not None:
        return False  # arrays also have a dtype
    if any(engine.is_dtype(value) for engine in loaded_engines()):
        return True
    try:
        return bool(np.issubdtype(np.dtype(value), np.number))
    except (TypeError, ValueError):
        return False
