from typing import Union

from ._backend import (
    TensorMap,
    check_type,
    foreach_gather_rows,
    foreach_multiply,
    foreach_multiply_scalar,
    foreach_pow_scalar,
    gradient_rows,
    gradients_of,
    interleave,
    leaves,
    leaves_per_block,
    parents_of,
    torch_jit_is_scripting,
    values_of,
    with_arrays,
)


def pow(A: TensorMap, B: Union[float, int]) -> TensorMap:
    """Raise all values of a tensor to a power.

    The gradients are those of the power: ``B * dA * A**(B - 1)``.

    :param A: tensor to transform
    :param B: exponent
    :return: new tensor with the metadata of ``A``
    :raises TypeError: if the arguments do not have the right types

    >>> import numpy as np
    >>> import metatensor as mts
    >>> block = mts.block_from_array(np.array([[1.0, 2.0], [3.0, 4.0]]))
    >>> tensor = mts.TensorMap(mts.Labels.single(), [block])
    >>> mts.pow(tensor, 2).block().values.tolist()
    [[1.0, 4.0], [9.0, 16.0]]
    """
    if not torch_jit_is_scripting():
        check_type(A, "A", "TensorMap", "pow")
        if not isinstance(B, (float, int)):
            raise TypeError(f"`B` must be a number (float or int) in `pow`, not {type(B)}")
    exponent = float(B)
    arrays = leaves(A)
    per_block = leaves_per_block(A)
    values = values_of(arrays, per_block)
    power = foreach_pow_scalar(values, exponent)
    if per_block == 1:
        return with_arrays(A, power)

    gradients = gradients_of(arrays, per_block)
    if exponent == 0.0:
        # also where the value is 0, instead of 0 * infinity
        new_gradients = foreach_multiply_scalar(gradients, 0.0)
    else:
        at_rows = foreach_gather_rows(parents_of(values, per_block), gradient_rows(A), gradients)
        factors = foreach_multiply_scalar(foreach_pow_scalar(at_rows, exponent - 1.0), exponent)
        new_gradients = foreach_multiply(gradients, factors)
    return with_arrays(A, interleave(power, new_gradients, per_block))
