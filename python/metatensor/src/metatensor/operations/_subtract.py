from typing import Union

from ._add import _add_constant
from ._align import aligned, check_missing
from ._backend import (
    TensorMap,
    check_type,
    foreach_subtract,
    has_nested_gradients,
    isinstance_metatensor,
    leaves,
    torch_jit_is_scripting,
    with_arrays,
)
from ._nested import flattened, restored
from ._utils import matching_leaves


def subtract(A: TensorMap, B: Union[float, int, TensorMap], missing: str = "error") -> TensorMap:
    """Subtract a number or another :py:class:`TensorMap` from a tensor.

    If ``B`` is a number it is subtracted from all values, and gradients do not change. If
    it is a tensor it must have the same metadata as ``A`` (the order of the keys does not
    matter), and values and gradients are subtracted. The difference of integers is
    floating point.

    With ``missing="zero"``, what only one of the two tensors has is subtracted from 0, or 0 from
    it: the result has the keys, samples, properties and gradients of both, those of ``A`` first.
    With ``missing="drop"`` it has the keys, samples and properties which are in both, in the order
    of ``A``. In both cases, rows of the gradients which are not there are 0, and components must
    be the same.

    :param A: first tensor
    :param B: a number, or the second tensor
    :param missing: what to do if ``A`` and ``B`` do not have the same keys, samples, properties or
        gradients: ``"error"``, ``"zero"`` or ``"drop"``
    :return: new tensor with the metadata of ``A``, unless ``missing`` says something else
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if ``missing`` is something else
    :raises NotEqualError: if ``A`` and ``B`` do not have the same metadata

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.subtract(tensor, 1).block().values.tolist()
    [[0.0, 1.0], [2.0, 3.0]]
    >>> other = mts.slice(tensor, "samples", [1])
    >>> mts.subtract(other, tensor, missing="zero").block().values.tolist()
    [[0.0, 0.0], [-1.0, -2.0]]
    """
    if not torch_jit_is_scripting():
        check_type(A, "A", "TensorMap", "subtract")
    check_missing(missing, ["error", "zero", "drop"], "subtract")
    if isinstance(B, (float, int)):
        return _add_constant(A, -float(B))
    else:
        if torch_jit_is_scripting():
            assert isinstance(B, TensorMap)
        elif not isinstance_metatensor(B, "TensorMap"):
            raise TypeError(
                f"`B` must be a metatensor TensorMap or a number in `subtract`, not {type(B)}"
            )
        if missing != "error":
            if has_nested_gradients(A) or has_nested_gradients(B):
                nested_1, nested_2 = aligned(
                    flattened(A), flattened(B), missing == "zero", "subtract"
                )
                return restored(_subtract_maps(nested_1, nested_2))
            first, second = aligned(A, B, missing == "zero", "subtract")
            return _subtract_maps(first, second)
        if has_nested_gradients(A) or has_nested_gradients(B):
            return restored(_subtract_maps(flattened(A), flattened(B)))
        return _subtract_maps(A, B)


def _subtract_maps(A: TensorMap, B: TensorMap) -> TensorMap:
    return with_arrays(A, foreach_subtract(leaves(A), matching_leaves(A, B, "subtract")))
