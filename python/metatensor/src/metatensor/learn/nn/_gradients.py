"""Modules which can not be applied to tensors with gradients."""

from metatensor._untraced import untraced

from .._backend import TensorMap, torch_jit_is_scripting
from ._arguments import check_tensor


def check_no_gradients(tensor: TensorMap) -> None:
    """Check that there are no gradients.

    :raises ValueError: if there are
    """
    if not torch_jit_is_scripting():
        check_tensor(tensor)
    if len(tensor.keys) != 0:
        gradients = tensor.block_by_id(0).gradients_list()
        if len(gradients) != 0:
            raise ValueError(
                f"this module can not be applied to tensors with gradients, got {gradients}: use "
                "`remove_gradients` first"
            )


untraced(check_no_gradients)
