from typing import List, Union

from ._align import aligned, check_missing
from ._backend import (
    Array,
    TensorMap,
    check_type,
    foreach_divide,
    foreach_divide_scalar,
    foreach_gather_rows,
    foreach_multiply,
    foreach_subtract,
    gradient_rows,
    gradients_of,
    has_nested_gradients,
    interleave,
    isinstance_metatensor,
    leaves,
    leaves_per_block,
    parents_of,
    torch_jit_is_scripting,
    values_of,
    with_arrays,
)
from ._nested import flattened, restored
from ._utils import matching_leaves


def divide(A: TensorMap, B: Union[float, int, TensorMap], missing: str = "error") -> TensorMap:
    """Divide a tensor by a number or, element by element, by another tensor.

    If ``B`` is a number all values and gradients are divided by it. If it is a tensor it
    must have the same metadata as ``A`` (the order of the keys does not matter), and the
    gradients are those of the quotient: ``dA / B - A dB / B**2``.

    With ``missing="drop"`` the result has the keys, samples and properties which are in both
    tensors, in the order of ``A``. Rows of the gradients which are not there are 0, and components
    must be the same.

    :param A: first tensor
    :param B: a number, or the second tensor
    :param missing: what to do if ``A`` and ``B`` do not have the same keys, samples, properties or
        gradients: ``"error"`` or ``"drop"``
    :return: new tensor with the metadata of ``A``, unless ``missing`` says something else
    :raises TypeError: if the arguments do not have the right types
    :raises ValueError: if ``missing`` is something else
    :raises NotEqualError: if ``A`` and ``B`` do not have the same metadata

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.divide(tensor, 2).block().values.tolist()
    [[0.5, 1.0], [1.5, 2.0]]
    >>> other = mts.slice(tensor, "samples", [1])
    >>> mts.divide(tensor, other, missing="drop").block().values.tolist()
    [[1.0, 1.0]]
    """
    if not torch_jit_is_scripting():
        check_type(A, "A", "TensorMap", "divide")
    check_missing(missing, ["error", "drop"], "divide")
    if isinstance(B, (float, int)):
        if has_nested_gradients(A):
            nested = flattened(A)
            scaled = foreach_divide_scalar(leaves(nested), float(B))
            return restored(with_arrays(nested, scaled))
        return with_arrays(A, foreach_divide_scalar(leaves(A), float(B)))
    else:
        if torch_jit_is_scripting():
            assert isinstance(B, TensorMap)
        elif not isinstance_metatensor(B, "TensorMap"):
            raise TypeError(
                f"`B` must be a metatensor TensorMap or a number in `divide`, not {type(B)}"
            )
        if missing != "error":
            first, second = aligned(A, B, False, "divide")
            return _divide_leaves(first, leaves(first), leaves(second))
        other = matching_leaves(A, B, "divide")
        return _divide_leaves(A, leaves(A), other)


def _divide_leaves(A: TensorMap, arrays: List[Array], other: List[Array]) -> TensorMap:
    per_block = leaves_per_block(A)
    values, divisors = values_of(arrays, per_block), values_of(other, per_block)
    ratio = foreach_divide(values, divisors)
    if per_block == 1:
        return with_arrays(A, ratio)

    gradients, other_gradients = gradients_of(arrays, per_block), gradients_of(other, per_block)
    rows = gradient_rows(A)
    at_rows = foreach_gather_rows(parents_of(values, per_block), rows, gradients)
    divisors = foreach_gather_rows(parents_of(divisors, per_block), rows, gradients)
    new_gradients = foreach_subtract(
        foreach_divide(gradients, divisors),
        foreach_divide(
            foreach_multiply(at_rows, other_gradients), foreach_multiply(divisors, divisors)
        ),
    )
    return with_arrays(A, interleave(ratio, new_gradients, per_block))
