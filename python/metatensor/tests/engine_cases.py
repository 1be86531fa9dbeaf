"""All the engines which the conformance tests (``test_engines_*.py``) run on.

Each case is a library on one kind of device. Those which are not there are skipped.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest
from metatensor import Labels, TensorBlock, TensorMap

NUMPY_DTYPES = (
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
)
DLPACK_DTYPES = {
    **{f"int{bits}": (0, bits) for bits in (8, 16, 32, 64)},
    **{f"uint{bits}": (1, bits) for bits in (8, 16, 32, 64)},
    **{f"float{bits}": (2, bits) for bits in (16, 32, 64)},
    "bfloat16": (4, 16),
    "complex64": (5, 64),
    "complex128": (5, 128),
    "bool": (6, 8),
}


class Case:
    """One library on one device.

    :param name: name of the case
    :param library: module of the library, which is also the name for ``.to(arrays=…)``
    :param device: device, as users write it
    """

    #: can the labels be on the host when the arrays are not?
    host_labels = True
    #: can the values be changed in place?
    mutable = False
    #: do arrays have values?
    has_data = True
    dtypes: tuple[str, ...] = NUMPY_DTYPES

    def __init__(self, name: str, library: str, device: str = "cpu") -> None:
        self.name = name
        self.library = library
        self.device = device

    def __repr__(self) -> str:
        return self.name

    def require(self) -> None:
        """Skip the test if this case is not possible here."""
        self.module = pytest.importorskip(self.library)

    def array(self, values: Any) -> Any:
        """Array of this case with the data and dtype of a numpy array."""
        raise NotImplementedError

    def labels_array(self, values: Any) -> Any:
        """Array for labels with these values."""
        return self.array(values)

    def host(self, array: Any) -> Any:
        """Data of an array of this case as a numpy array."""
        raise NotImplementedError

    def is_array(self, array: Any) -> bool:
        """Whether this is an array of this case, on its device."""
        raise NotImplementedError

    def dtype_name(self, array: Any) -> str:
        return str(array.dtype).rpartition(".")[2]

    def check(self, array: Any, expected: Any, rtol: float = 0.0) -> None:
        """Check the library, device, shape, dtype and values of an array."""
        expected = np.asarray(expected)
        assert self.is_array(array), type(array)
        assert tuple(array.shape) == expected.shape
        assert self.dtype_name(array) == str(expected.dtype)
        if self.has_data:
            # sums in another order: relative to what was summed, which is of order one or more
            scale = np.abs(expected).max(initial=1.0) if rtol else 0.0
            np.testing.assert_allclose(self.host(array), expected, rtol=rtol, atol=rtol * scale)


class NumpyCase(Case):
    mutable = True

    def array(self, values):
        return np.array(values)

    def host(self, array):
        return array

    def is_array(self, array):
        return isinstance(array, np.ndarray)


class TorchCase(Case):
    host_labels = False
    mutable = True
    dtypes = (*NUMPY_DTYPES, "bfloat16")

    def require(self):
        super().require()
        if self.device == "cuda" and not self.module.cuda.is_available():
            pytest.skip("torch has no CUDA device here")
        self.has_data = self.device != "meta"

    def array(self, values):
        values = np.asarray(values)
        if str(values.dtype) == "bfloat16":
            tensor = self.module.tensor(values.astype("float32")).to(self.module.bfloat16)
        else:
            tensor = self.module.tensor(values)
        return tensor.to(self.device)

    def host(self, array):
        array = array.detach().cpu()
        if array.dtype == self.module.bfloat16:
            return array.float().numpy()
        return array.resolve_conj().numpy()

    def is_array(self, array):
        return isinstance(array, self.module.Tensor) and array.device.type == self.device


class FakeCase(TorchCase):
    """Fake tensors: they have a device, and no data; their labels are usual ones."""

    def require(self):
        super().require()
        self.has_data = False
        self.mode = importlib.import_module("torch._subclasses.fake_tensor").FakeTensorMode()

    def array(self, values):
        return self.mode.from_tensor(super().array(values))

    def labels_array(self, values):
        return super().array(values)

    def is_array(self, array):
        return hasattr(array, "fake_mode") and super().is_array(array)


class JaxCase(Case):
    dtypes = (*NUMPY_DTYPES, "bfloat16")

    def require(self):
        super().require()
        try:
            self.jax_device = self.module.devices(self.device)[0]
        except RuntimeError:
            pytest.skip(f"jax has no device '{self.device}' here")

    def array(self, values):
        with self.module.default_device(self.jax_device):
            array = self.module.numpy.array(values)
        return self.module.device_put(array, self.jax_device)

    def host(self, array):
        return np.asarray(array)

    def is_array(self, array):
        return isinstance(array, self.module.Array) and array.device == self.jax_device


class CupyCase(Case):
    mutable = True

    def require(self):
        super().require()
        try:
            count = self.module.cuda.runtime.getDeviceCount()
        except self.module.cuda.runtime.CUDARuntimeError:
            count = 0
        if count == 0:
            pytest.skip("cupy has no device here")

    def array(self, values):
        return self.module.array(values)

    def host(self, array):
        return self.module.asnumpy(array)

    def is_array(self, array):
        return isinstance(array, self.module.ndarray)


class StrictCase(Case):
    dtypes = tuple(name for name in NUMPY_DTYPES if name != "float16")

    def require(self):
        super().require()
        pytest.importorskip("array_api_compat")

    def array(self, values):
        return self.module.asarray(np.array(values))

    def host(self, array):
        return np.from_dlpack(array)

    def is_array(self, array):
        return type(array).__module__.startswith("array_api_strict")


CASES = [
    NumpyCase("numpy", "numpy"),
    TorchCase("torch", "torch"),
    TorchCase("torch-meta", "torch", "meta"),
    FakeCase("torch-fake", "torch"),
    TorchCase("torch-cuda", "torch", "cuda"),
    CupyCase("cupy", "cupy", "cuda"),
    JaxCase("jax", "jax"),
    JaxCase("jax-gpu", "jax", "gpu"),
    StrictCase("array-api-strict", "array_api_strict"),
]

every_engine = pytest.mark.parametrize("case", CASES, ids=repr, indirect=True)
#: all but those whose arrays have no values
every_data_engine = pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.name not in ("torch-meta", "torch-fake")],
    ids=repr,
    indirect=True,
)


@pytest.fixture
def case(request):
    """One of the cases, which is possible here."""
    request.param.require()
    return request.param


def numpy_dtype(name):
    """Type of numpy with this name, which may be defined by another package."""
    if name == "bfloat16":
        return np.dtype(pytest.importorskip("ml_dtypes").bfloat16)
    return np.dtype(name)


# -------------------------------------------------------------------------- conversions
def own_labels(case, labels):
    """The same labels, made of arrays of this case."""
    unique = case.device == "meta"
    return Labels(labels.names, case.labels_array(labels.values), assume_unique=unique)


def convert_block(block, case, with_own_labels):
    """The same block, made of arrays of this case."""

    def convert(labels):
        return own_labels(case, labels) if with_own_labels else labels

    output = TensorBlock(
        case.array(block.values),
        convert(block.samples),
        [convert(component) for component in block.components],
        convert(block.properties),
    )
    for parameter, gradient in block.gradients():
        output.add_gradient(parameter, convert_block(gradient, case, with_own_labels))
    return output


def convert(tensor, case, with_own_labels=False):
    """The same map, made of arrays of this case."""
    blocks = [convert_block(block, case, with_own_labels) for block in tensor]
    keys = own_labels(case, tensor.keys) if with_own_labels else tensor.keys
    return TensorMap(keys, blocks)


def needs_own_labels(case):
    """Whether labels have to be on the device of the values."""
    return not case.host_labels and case.device != "cpu"


def check_labels(labels, expected, engine=None):
    """Check labels, and maybe what their values are made of."""
    assert labels.names == expected.names
    if engine is not None:
        engine.check(labels.values, np.asarray(expected.values))
    elif isinstance(labels.values, np.ndarray):
        assert labels == expected


def check_block(case, block, expected, rtol=0.0):
    """Check that a block of this case is the same as one of numpy."""
    assert block.samples == expected.samples
    assert block.components == expected.components
    assert block.properties == expected.properties
    case.check(block.values, expected.values, rtol)
    assert sorted(block.gradients_list()) == sorted(expected.gradients_list())
    for parameter, gradient in expected.gradients():
        check_block(case, block.gradient(parameter), gradient, rtol)


def check_map(case, tensor, expected, rtol=0.0):
    """Check that a map of this case is the same as one of numpy."""
    assert tensor.keys == expected.keys
    assert tensor.info() == expected.info()
    for block, expected_block in zip(tensor, expected, strict=True):
        check_block(case, block, expected_block, rtol)


def import_optional(name):
    """A module, or ``None``."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError:
        return None
