"""The classes of the extension, or what stands for them when making documentation."""

import os
from typing import TYPE_CHECKING

import torch

from ._c_lib import _check_core_version, _load_library

#: only documentation is being made: no library is loaded
DOCUMENTATION_ONLY = os.environ.get("METATENSOR_IMPORT_FOR_SPHINX", "0") != "0"

if TYPE_CHECKING or DOCUMENTATION_ONLY:
    from ._documentation import (
        Labels,
        LabelsEntry,
        TensorBlock,
        TensorMap,
        dtype_name,
        load_block_buffer,
        load_buffer,
        load_labels_buffer,
        save_buffer,
        version,
    )
else:
    _check_core_version()
    _load_library()

    Labels = torch.classes.metatensor.Labels
    LabelsEntry = torch.classes.metatensor.LabelsEntry
    TensorBlock = torch.classes.metatensor.TensorBlock
    TensorMap = torch.classes.metatensor.TensorMap

    version = torch.ops.metatensor.version
    dtype_name = torch.ops.metatensor.dtype_name
    load_buffer = torch.ops.metatensor.load_buffer
    load_block_buffer = torch.ops.metatensor.load_block_buffer
    load_labels_buffer = torch.ops.metatensor.load_labels_buffer
    save_buffer = torch.ops.metatensor.save_buffer

__all__ = [
    "DOCUMENTATION_ONLY",
    "Labels",
    "LabelsEntry",
    "TensorBlock",
    "TensorMap",
    "dtype_name",
    "load_block_buffer",
    "load_buffer",
    "load_labels_buffer",
    "save_buffer",
    "version",
]
