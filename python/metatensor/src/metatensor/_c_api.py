"""ctypes declarations of the C API, in the order of ``metatensor.h``.

The names of this module are used by other packages to declare functions of their own
libraries which take or give metatensor objects.
"""

import ctypes
from ctypes import CFUNCTYPE, POINTER
from typing import Any, Sequence

from ctypes_dlpack import (
    DLDataType,
    DLDevice,
    DLManagedTensorVersioned,
    DLPackVersion,
)

from ._status import check_status

c_uintptr_t = ctypes.c_size_t
mts_status_t = ctypes.c_int32
mts_data_origin_t = ctypes.c_uint64

MTS_SUCCESS = 0
MTS_INVALID_PARAMETER_ERROR = 1
MTS_IO_ERROR = 2
MTS_SERIALIZATION_ERROR = 3
MTS_BUFFER_SIZE_ERROR = 4
MTS_CALLBACK_ERROR = 254
MTS_INTERNAL_ERROR = 255


class mts_labels_t(ctypes.Structure):
    """Opaque labels."""


class mts_block_t(ctypes.Structure):
    """Opaque block."""


class mts_tensormap_t(ctypes.Structure):
    """Opaque tensor map."""


class mts_data_movement_t(ctypes.Structure):
    """One copy of a range of properties from a sample to another."""

    _fields_ = [
        ("sample_in", c_uintptr_t),
        ("sample_out", c_uintptr_t),
        ("properties_start_in", c_uintptr_t),
        ("properties_start_out", c_uintptr_t),
        ("properties_length", c_uintptr_t),
    ]


class mts_array_t(ctypes.Structure):
    """Array of any library, seen through a table of functions."""


mts_array_t._fields_ = [
    ("ptr", ctypes.c_void_p),
    ("destroy", CFUNCTYPE(None, ctypes.c_void_p)),
    (
        "origin",
        CFUNCTYPE(mts_status_t, ctypes.c_void_p, POINTER(mts_data_origin_t)),
    ),
    ("device", CFUNCTYPE(mts_status_t, ctypes.c_void_p, POINTER(DLDevice))),
    ("dtype", CFUNCTYPE(mts_status_t, ctypes.c_void_p, POINTER(DLDataType))),
    (
        "as_dlpack",
        CFUNCTYPE(
            mts_status_t,
            ctypes.c_void_p,
            POINTER(POINTER(DLManagedTensorVersioned)),
            DLDevice,
            POINTER(ctypes.c_int64),
            DLPackVersion,
        ),
    ),
    (
        "from_dlpack",
        CFUNCTYPE(
            mts_status_t,
            ctypes.c_void_p,
            POINTER(DLManagedTensorVersioned),
            POINTER(mts_array_t),
        ),
    ),
    (
        "shape",
        CFUNCTYPE(
            mts_status_t,
            ctypes.c_void_p,
            POINTER(POINTER(c_uintptr_t)),
            POINTER(c_uintptr_t),
        ),
    ),
    (
        "reshape",
        CFUNCTYPE(mts_status_t, ctypes.c_void_p, POINTER(c_uintptr_t), c_uintptr_t),
    ),
    (
        "swap_axes",
        CFUNCTYPE(mts_status_t, ctypes.c_void_p, c_uintptr_t, c_uintptr_t),
    ),
    (
        "create",
        CFUNCTYPE(
            mts_status_t,
            ctypes.c_void_p,
            POINTER(c_uintptr_t),
            c_uintptr_t,
            mts_array_t,
            POINTER(mts_array_t),
        ),
    ),
    (
        "copy",
        CFUNCTYPE(mts_status_t, ctypes.c_void_p, DLDevice, POINTER(mts_array_t)),
    ),
    (
        "move_data",
        CFUNCTYPE(
            mts_status_t,
            ctypes.c_void_p,
            ctypes.c_void_p,
            POINTER(mts_data_movement_t),
            c_uintptr_t,
        ),
    ),
]

mts_realloc_buffer_t = CFUNCTYPE(
    ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, c_uintptr_t
)
mts_create_array_callback_t = CFUNCTYPE(
    mts_status_t, POINTER(c_uintptr_t), c_uintptr_t, DLDataType, POINTER(mts_array_t)
)


def _set(function: Any, argtypes: Sequence[Any], restype: Any = check_status) -> None:
    function.argtypes = argtypes
    function.restype = restype


def setup_functions(lib: ctypes.CDLL) -> None:
    """Declare every function of the C API on ``lib``.

    Functions returning a status raise the corresponding exception when they fail.
    """
    _setup_common(lib)
    _setup_labels(lib)
    _setup_block(lib)
    _setup_tensormap(lib)
    _setup_io(lib)


def _setup_common(lib: ctypes.CDLL) -> None:
    _set(lib.mts_version, [], ctypes.c_char_p)
    _set(lib.mts_disable_panic_printing, [], None)
    _set(
        lib.mts_last_error,
        [POINTER(ctypes.c_char_p), POINTER(ctypes.c_char_p), POINTER(ctypes.c_void_p)],
    )
    _set(
        lib.mts_set_last_error,
        [
            ctypes.c_char_p,
            ctypes.c_char_p,
            ctypes.c_void_p,
            CFUNCTYPE(None, ctypes.c_void_p),
        ],
    )
    _set(
        lib.mts_register_data_origin,
        [ctypes.c_char_p, POINTER(mts_data_origin_t)],
    )
    _set(
        lib.mts_get_data_origin,
        [mts_data_origin_t, POINTER(ctypes.c_char), c_uintptr_t],
    )


def _setup_labels(lib: ctypes.CDLL) -> None:
    labels = POINTER(mts_labels_t)
    names = POINTER(ctypes.c_char_p)
    mapping = [POINTER(ctypes.c_int64), c_uintptr_t]

    _set(lib.mts_labels, [names, c_uintptr_t, mts_array_t], labels)
    _set(lib.mts_labels_assume_unique, [names, c_uintptr_t, mts_array_t], labels)
    _set(lib.mts_labels_clone, [labels], labels)
    _set(lib.mts_labels_free, [labels])
    _set(
        lib.mts_labels_dimensions,
        [labels, POINTER(names), POINTER(c_uintptr_t)],
    )
    _set(lib.mts_labels_values, [labels, POINTER(mts_array_t)])
    _set(
        lib.mts_labels_values_cpu,
        [
            labels,
            POINTER(POINTER(ctypes.c_int32)),
            POINTER(c_uintptr_t),
            POINTER(c_uintptr_t),
        ],
    )
    _set(
        lib.mts_labels_position,
        [
            labels,
            POINTER(ctypes.c_int32),
            c_uintptr_t,
            POINTER(ctypes.c_int64),
        ],
    )
    two_mappings = [labels, labels, POINTER(labels), *mapping, *mapping]
    _set(lib.mts_labels_union, two_mappings)
    _set(lib.mts_labels_intersection, two_mappings)
    _set(lib.mts_labels_difference, [labels, labels, POINTER(labels), *mapping])
    _set(
        lib.mts_labels_select,
        [labels, labels, POINTER(ctypes.c_uint64), POINTER(c_uintptr_t)],
    )


def _setup_block(lib: ctypes.CDLL) -> None:
    labels = POINTER(mts_labels_t)
    block = POINTER(mts_block_t)

    _set(
        lib.mts_block,
        [mts_array_t, labels, POINTER(labels), c_uintptr_t, labels],
        block,
    )
    _set(lib.mts_block_free, [block])
    _set(lib.mts_block_copy, [block], block)
    _set(lib.mts_block_labels, [block, c_uintptr_t], labels)
    _set(lib.mts_block_gradient, [block, ctypes.c_char_p, POINTER(block)])
    _set(lib.mts_block_data, [block, POINTER(mts_array_t)])
    _set(lib.mts_block_add_gradient, [block, ctypes.c_char_p, block])
    _set(
        lib.mts_block_gradients_list,
        [block, POINTER(POINTER(ctypes.c_char_p)), POINTER(c_uintptr_t)],
    )
    _set(lib.mts_block_device, [block, POINTER(DLDevice)])
    _set(lib.mts_block_dtype, [block, POINTER(DLDataType)])


def _setup_tensormap(lib: ctypes.CDLL) -> None:
    labels = POINTER(mts_labels_t)
    block = POINTER(mts_block_t)
    tensor = POINTER(mts_tensormap_t)
    strings = POINTER(ctypes.c_char_p)

    _set(lib.mts_tensormap, [labels, POINTER(block), c_uintptr_t], tensor)
    _set(lib.mts_tensormap_free, [tensor])
    _set(lib.mts_tensormap_copy, [tensor], tensor)
    _set(lib.mts_tensormap_keys, [tensor], labels)
    _set(lib.mts_tensormap_block_by_id, [tensor, POINTER(block), c_uintptr_t])
    moving = [tensor, labels, mts_array_t, ctypes.c_bool]
    _set(lib.mts_tensormap_keys_to_properties, moving, tensor)
    _set(lib.mts_tensormap_keys_to_samples, moving, tensor)
    _set(
        lib.mts_tensormap_components_to_properties,
        [tensor, strings, c_uintptr_t],
        tensor,
    )
    _set(
        lib.mts_tensormap_set_info,
        [tensor, ctypes.c_char_p, ctypes.c_char_p],
    )
    _set(lib.mts_tensormap_get_info, [tensor, ctypes.c_char_p, strings])
    _set(
        lib.mts_tensormap_info_keys,
        [tensor, POINTER(strings), POINTER(c_uintptr_t)],
    )
    _set(lib.mts_tensormap_device, [tensor, POINTER(DLDevice)])
    _set(lib.mts_tensormap_dtype, [tensor, POINTER(DLDataType)])


def _setup_io(lib: ctypes.CDLL) -> None:
    byte_ptr = POINTER(ctypes.c_uint8)
    growing = [
        POINTER(byte_ptr),
        POINTER(c_uintptr_t),
        ctypes.c_void_p,
        mts_realloc_buffer_t,
    ]
    labels = POINTER(mts_labels_t)
    block = POINTER(mts_block_t)
    tensor = POINTER(mts_tensormap_t)

    _set(lib.mts_labels_load, [ctypes.c_char_p], labels)
    _set(lib.mts_labels_load_buffer, [byte_ptr, c_uintptr_t], labels)
    _set(lib.mts_labels_save, [ctypes.c_char_p, labels])
    _set(lib.mts_labels_save_buffer, [*growing, labels])

    create = mts_create_array_callback_t
    _set(lib.mts_block_load, [ctypes.c_char_p, create], block)
    _set(lib.mts_block_load_buffer, [byte_ptr, c_uintptr_t, create], block)
    _set(lib.mts_block_save, [ctypes.c_char_p, block])
    _set(lib.mts_block_save_buffer, [*growing, block])

    _set(lib.mts_tensormap_load, [ctypes.c_char_p, create], tensor)
    _set(lib.mts_tensormap_load_buffer, [byte_ptr, c_uintptr_t, create], tensor)
    _set(lib.mts_tensormap_save, [ctypes.c_char_p, tensor])
    _set(lib.mts_tensormap_save_buffer, [*growing, tensor])
