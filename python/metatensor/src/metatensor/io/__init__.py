"""Saving to and loading from files and buffers."""

from ._create import create_numpy_array, create_torch_array
from ._files import BinaryFile as BinaryFile
from ._files import BinaryPath as BinaryPath
from ._load import (
    load,
    load_block,
    load_block_buffer,
    load_block_buffer_custom_array,
    load_block_custom_array,
    load_buffer,
    load_buffer_custom_array,
    load_custom_array,
    load_labels,
    load_labels_buffer,
)

# public as well, but never given by `from metatensor.io import *`
from ._save import save as save
from ._save import save_buffer as save_buffer

__all__ = [
    "create_numpy_array",
    "create_torch_array",
    "load",
    "load_block",
    "load_block_buffer",
    "load_block_buffer_custom_array",
    "load_block_custom_array",
    "load_buffer",
    "load_buffer_custom_array",
    "load_custom_array",
    "load_labels",
    "load_labels_buffer",
]
