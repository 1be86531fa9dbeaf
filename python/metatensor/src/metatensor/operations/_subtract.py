from typing import Union

from ._add import _add_constant
from ._backend import (
    TensorMap,
    check_type,
    foreach_subtract,
    isinstance_metatensor,
    leaves,
    torch_jit_is_scripting,
    with_arrays,
)
from ._utils import matching_leaves


def subtract(A: TensorMap, B: Union[float, int, TensorMap]) -> TensorMap:
    """Subtract a number or another :py:class:`TensorMap` from a tensor.

    If ``B`` is a number it is subtracted from all values, and gradients do not change. If
    it is a tensor it must have the same metadata as ``A`` (the order of the keys does not
    matter), and values and gradients are subtracted. The difference of integers is
    floating point.

    :param A: first tensor
    :param B: a number, or the second tensor
    :return: new tensor with the metadata of ``A``
    :raises TypeError: if the arguments do not have the right types
    :raises NotEqualError: if ``A`` and ``B`` do not have the same metadata

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.subtract(tensor, 1).block().values.tolist()
    [[0.0, 1.0], [2.0, 3.0]]
    """
    if not torch_jit_is_scripting():
        check_type(A, "A", "TensorMap", "subtract")
    if isinstance(B, (float, int)):
        return _add_constant(A, -float(B))
    else:
        if torch_jit_is_scripting():
            assert isinstance(B, TensorMap)
        elif not isinstance_metatensor(B, "TensorMap"):
            raise TypeError(
                f"`B` must be a metatensor TensorMap or a number in `subtract`, not {type(B)}"
            )
        other = matching_leaves(A, B, "subtract")
        return with_arrays(A, foreach_subtract(leaves(A), other))
