"""Random labels, blocks and maps, as strategies for Hypothesis.

>>> import numpy as np
>>> from hypothesis import given
>>> from metatensor.testing import assert_equal
>>> from metatensor.testing import strategies as mts
>>> @given(mts.tensor_maps(max_blocks=3))
... def test_save(tensor):
...     assert_equal(type(tensor).load_buffer(tensor.save_buffer()), tensor)
>>> test_save()

What is not given to a strategy is drawn: numbers of blocks, entries and components,
names, entries in any order (keys are sparse), gradients and their gradients. What is drawn
can be empty wherever this is possible, so most tests of code which handles maps find
out whether it handles those without blocks, samples or properties.

Arguments called ``engine`` and ``dtype`` can be strategies as well, for instance
``engine=st.sampled_from(["numpy", "torch"])`` or ``dtype=dtypes()``.

This module needs Hypothesis: ``pip install metatensor-core[testing]``.
"""

try:
    import hypothesis as _hypothesis  # noqa: F401
except ImportError as error:
    raise ImportError(
        "metatensor.testing.strategies needs hypothesis, which is not installed: "
        "you can get it with `pip install metatensor-core[testing]`",
        name="hypothesis",
    ) from error

from ._arrays import arrays, dtypes
from ._blocks import blocks
from ._labels import dimension_names, labels
from ._maps import tensor_maps

__all__ = ["arrays", "blocks", "dimension_names", "dtypes", "labels", "tensor_maps"]
