"""Operations on metatensor objects.

Each operation lives in a module of its own, written once for two flavours: this package
is the plain one, for :py:class:`metatensor.TensorMap` with numpy arrays or torch tensors.
The same files are seen a second time as ``metatensor.torch.operations``, for the classes
of TorchScript.
"""

from .._untraced import untraced as _untraced
from . import _backend
from ._abs import abs
from ._add import add
from ._allclose import allclose, allclose_block, allclose_block_raise, allclose_raise
from ._axes_to_components import properties_to_components, samples_to_components
from ._block_from_array import block_from_array
from ._checks import checks_enabled, unsafe_disable_checks, unsafe_enable_checks
from ._components_to_axes import components_to_samples
from ._densify import densify
from ._detach import detach, detach_block
from ._divide import divide
from ._dot import dot
from ._drop_blocks import drop_blocks, drop_empty_blocks, filter_blocks
from ._einsum import einsum
from ._empty_like import empty_like, empty_like_block
from ._equal import equal, equal_block, equal_block_raise, equal_raise
from ._equal_metadata import (
    equal_metadata,
    equal_metadata_block,
    equal_metadata_block_raise,
    equal_metadata_raise,
)
from ._is_contiguous import is_contiguous, is_contiguous_block
from ._join import join, join_blocks
from ._lstsq import lstsq
from ._make_contiguous import make_contiguous, make_contiguous_block
from ._manipulate_dimension import (
    append_dimension,
    insert_dimension,
    permute_dimensions,
    remove_dimension,
    rename_dimension,
)
from ._move_dimensions import move_dimensions, transpose_components
from ._multiply import multiply
from ._one_hot import one_hot
from ._ones_like import ones_like, ones_like_block
from ._pow import pow
from ._random_like import random_uniform_like, random_uniform_like_block
from ._reduce_over_properties import (
    mean_over_properties,
    mean_over_properties_block,
    std_over_properties,
    std_over_properties_block,
    sum_over_properties,
    sum_over_properties_block,
    var_over_properties,
    var_over_properties_block,
)
from ._reduce_over_samples import (
    mean_over_samples,
    mean_over_samples_block,
    std_over_samples,
    std_over_samples_block,
    sum_over_samples,
    sum_over_samples_block,
    var_over_samples,
    var_over_samples_block,
)
from ._remove_gradients import remove_gradients, remove_gradients_block
from ._requires_grad import requires_grad, requires_grad_block
from ._slice import slice, slice_block
from ._solve import solve
from ._sort import sort, sort_block
from ._sparsify import sparsify
from ._split import split, split_block
from ._subtract import subtract
from ._unique_metadata import unique_metadata, unique_metadata_block
from ._utils import NotEqualError
from ._version import __version__ as __version__
from ._zeros_like import zeros_like, zeros_like_block

__all__ = [
    "NotEqualError",
    "abs",
    "add",
    "allclose",
    "allclose_block",
    "allclose_block_raise",
    "allclose_raise",
    "append_dimension",
    "block_from_array",
    "checks_enabled",
    "components_to_samples",
    "densify",
    "detach",
    "detach_block",
    "divide",
    "dot",
    "drop_blocks",
    "drop_empty_blocks",
    "einsum",
    "empty_like",
    "empty_like_block",
    "equal",
    "equal_block",
    "equal_block_raise",
    "equal_metadata",
    "equal_metadata_block",
    "equal_metadata_block_raise",
    "equal_metadata_raise",
    "equal_raise",
    "filter_blocks",
    "insert_dimension",
    "is_contiguous",
    "is_contiguous_block",
    "join",
    "join_blocks",
    "lstsq",
    "make_contiguous",
    "make_contiguous_block",
    "mean_over_properties",
    "mean_over_properties_block",
    "mean_over_samples",
    "mean_over_samples_block",
    "move_dimensions",
    "multiply",
    "one_hot",
    "ones_like",
    "ones_like_block",
    "permute_dimensions",
    "pow",
    "properties_to_components",
    "random_uniform_like",
    "random_uniform_like_block",
    "remove_dimension",
    "remove_gradients",
    "remove_gradients_block",
    "rename_dimension",
    "requires_grad",
    "requires_grad_block",
    "samples_to_components",
    "slice",
    "slice_block",
    "solve",
    "sort",
    "sort_block",
    "sparsify",
    "split",
    "split_block",
    "std_over_properties",
    "std_over_properties_block",
    "std_over_samples",
    "std_over_samples_block",
    "subtract",
    "sum_over_properties",
    "sum_over_properties_block",
    "sum_over_samples",
    "sum_over_samples_block",
    "transpose_components",
    "unique_metadata",
    "unique_metadata_block",
    "unsafe_disable_checks",
    "unsafe_enable_checks",
    "var_over_properties",
    "var_over_properties_block",
    "var_over_samples",
    "var_over_samples_block",
    "zeros_like",
    "zeros_like_block",
]

_untraced(*[globals()[_name] for _name in __all__ if _name != "NotEqualError"])
# the modules of `metatensor.learn` use these
_untraced(*[getattr(_backend, _name) for _name in _backend.__all__ if "scripting" not in _name])
