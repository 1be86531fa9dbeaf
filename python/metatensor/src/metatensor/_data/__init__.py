"""Arrays going to the C library and coming back.

The names below are used by other packages.
"""

from ._array import (
    create_mts_array,
    mts_array_to_python_array,
    mts_array_was_allocated_by_python,
)
from ._external import (
    ExternalCpuArray,
    ExternalCudaArray,
    register_external_data_wrapper,
)
from ._origin import data_origin, data_origin_name

__all__ = [
    "ExternalCpuArray",
    "ExternalCudaArray",
    "create_mts_array",
    "data_origin",
    "data_origin_name",
    "mts_array_to_python_array",
    "mts_array_was_allocated_by_python",
    "register_external_data_wrapper",
]
