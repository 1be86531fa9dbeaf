"""Makers of arrays for the tests, one for each array library."""

import numpy as np


class NumpyArrays:
    """Makes numpy arrays for the tests."""

    name = "numpy"

    @staticmethod
    def array(values, dtype="int32"):
        return np.array(values, dtype=dtype)

    @staticmethod
    def host(array):
        assert isinstance(array, np.ndarray)
        return array

    @staticmethod
    def dtype(name):
        return np.dtype(name)


class TorchArrays:
    """Makes torch tensors for the tests."""

    name = "torch"

    @staticmethod
    def array(values, dtype="int32"):
        import torch

        return torch.tensor(values, dtype=getattr(torch, dtype))

    @staticmethod
    def host(array):
        import torch

        assert isinstance(array, torch.Tensor)
        return array.numpy()

    @staticmethod
    def dtype(name):
        import torch

        return getattr(torch, name)
