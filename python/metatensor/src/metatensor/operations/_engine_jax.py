"""Array functions on arrays of jax, which may be traced."""

from __future__ import annotations

from typing import Any, List, Optional

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt

from metatensor._arrays import engine_of
from metatensor._arrays.jax import index_array

from ._engine_xp import Index, XpOperations


class JaxOperations(XpOperations):
    """What is different from other namespaces of the standard."""

    def inexact(self, x: Any) -> bool:
        return bool(jnp.issubdtype(x.dtype, jnp.inexact))

    def complex(self, x: Any) -> bool:
        return bool(jnp.issubdtype(x.dtype, jnp.complexfloating))

    def astype(self, x: Any, dtype: Any) -> Any:
        if x.dtype == dtype:
            return x
        # the dtypes are those of other arrays, so they exist in this process
        return jax.lax.convert_element_type(x, dtype)

    def take(self, x: Any, index: Index, axis: int) -> Any:
        if x.size == 0 or len(index) == 0:
            # jax would forget the device
            shape = list(x.shape)
            shape[axis] = len(index)
            return self.new_zeros(x, shape)
        return jnp.take(x, index_array(index, x.shape[axis]), axis=axis, mode="clip")

    def like(self, array: npt.NDArray[Any], x: Any) -> Any:
        # a constant, which jax brings to the device
        return array

    def default_float(self) -> Any:
        return jnp.result_type(float)

    def foreach_pow_scalar(self, a: List[Any], exponent: float) -> List[Any]:
        """``a[i] ** exponent``."""
        # products are exact, and have derivatives everywhere
        power = int(exponent) if float(exponent).is_integer() and abs(exponent) < 64 else exponent
        return [self.promote_to_inexact(x) ** power for x in a]

    def foreach_detach(self, a: List[Any]) -> List[Any]:
        """The same data, seen as constant by automatic differentiation."""
        return [jax.lax.stop_gradient(x) for x in a]

    def allclose_arrays(self, a: Any, b: Any, rtol: float, atol: float, equal_nan: bool) -> bool:
        """Tell if ``|a - b| <= atol + rtol * |b|`` everywhere."""
        return bool(jnp.allclose(a, b, rtol=rtol, atol=atol, equal_nan=equal_nan))

    def new_zeros(self, like: Any, shape: List[int]) -> Any:
        """Zeros of another shape, with the dtype and device of ``like``."""
        return jnp.zeros(tuple(shape), dtype=like.dtype, device=_device(like))

    def scatter_rows(self, array: Any, index: Index, n_rows: int) -> Any:
        """Put ``array[i]`` at row ``index[i]`` (all different) of ``n_rows`` rows of zeros."""
        output = self.new_zeros(array, [n_rows, *array.shape[1:]])
        return output.at[index_array(index, n_rows)].set(array, unique_indices=True)

    def segment_sum(self, array: Any, groups: Index, n_groups: int, axis: int) -> Any:
        """Sum of the entries of each group along one axis, accumulated in the order of entries."""
        rows = jnp.moveaxis(array, axis, 0)
        zeros = self.new_zeros(array, [n_groups, *rows.shape[1:]])
        total = zeros.at[index_array(groups, n_groups)].add(rows, mode="promise_in_bounds")
        return jnp.moveaxis(total, 0, axis)

    def divide_by_counts(self, array: Any, counts: Index, axis: int) -> Any:
        """Divide the entries along one axis by one number each; keeps the dtype."""
        shape = [1] * array.ndim
        shape[axis] = len(counts)
        return array / jnp.asarray(counts.reshape(shape)).astype(array.real.dtype)

    def matmul(self, a: Any, b: Any) -> Any:
        """Product of two matrices, with the precision of the dtype unless users said otherwise."""
        chosen = jax.config.jax_default_matmul_precision
        return jnp.matmul(a, b, precision=None if chosen else jax.lax.Precision.HIGHEST)

    def filled_like(self, array: Any, fill: str, requires_grad: bool) -> Any:
        """New array like this one: ``fill`` is empty, zeros, ones or random."""
        if fill == "random":
            return self.random_like(array)
        value = 1 if fill == "ones" else 0
        return jnp.full(array.shape, value, dtype=array.dtype, device=_device(array))

    def random_like(self, array: Any) -> Any:
        """Random numbers between 0 and 1, from the global generator of numpy.

        In a traced function, the numbers are drawn once, when it is traced.
        """
        # jax has no global generator
        key = jax.random.key(np.random.randint(2**31))
        dtype = array.dtype if self.inexact(array) and not self.complex(array) else None
        numbers = jax.random.uniform(key, array.shape, dtype=dtype or self.default_float())
        device = _device(array)
        return self.astype(
            numbers if device is None else jax.device_put(numbers, device), array.dtype
        )

    def ones_like_array(
        self, array: Any, shape: Optional[List[int]] = None, requires_grad: bool = False
    ) -> Any:
        """Ones with the dtype of ``array``, and its shape unless one is given."""
        size = array.shape if shape is None else tuple(shape)
        return jnp.ones(size, dtype=array.dtype, device=_device(array))

    def lstsq_array(self, x: Any, y: Any, rcond: Optional[float], driver: Optional[str]) -> Any:
        """Minimiser ``w`` of ``|| x w - y ||``; ``driver`` only means something to torch."""
        return jnp.linalg.lstsq(x, y, rcond=rcond)[0]


def _device(array: Any) -> Any:
    device = engine_of(array).device(array)
    return device if isinstance(device, jax.Device) else None


ENGINE = JaxOperations(jnp)
