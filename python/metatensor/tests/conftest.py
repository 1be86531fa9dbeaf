import gc
import os
import sys

import pytest
from array_makers import NumpyArrays, TorchArrays
from engine_cases import case as case
from hypothesis import HealthCheck, settings
from metatensor._data import _array

# on a busy machine tests are slow, which is no failure
settings.register_profile("busy", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

# the same numbers as the other libraries, and the CPU for what has no device: read when jax
# is imported
os.environ.setdefault("JAX_ENABLE_X64", "1")
os.environ.setdefault("JAX_DEFAULT_DEVICE", "cpu")


@pytest.fixture(params=["numpy", "torch"])
def engine(request):
    """Maker of arrays, for each of the array libraries which are installed."""
    if request.param == "torch":
        pytest.importorskip("torch")
        return TorchArrays
    return NumpyArrays


@pytest.fixture(autouse=True, scope="module")
def forget_compiled_functions():
    """Give back what jax keeps for each function it compiled: gigabytes in the end."""
    yield
    jax = sys.modules.get("jax")
    if jax is not None:
        jax.clear_caches()


@pytest.fixture
def no_live_arrays():
    """After each test, the core must have destroyed all the arrays it was given."""
    gc.collect()
    before = set(_array._LIVE)
    yield
    gc.collect()
    assert set(_array._LIVE) <= before
