"""The info of the results of operations, see ``docs/src/guides/operations.md``."""

from ._backend import TensorMap


def with_info(result: TensorMap, tensor: TensorMap, keep_info: bool) -> TensorMap:
    """Give a new tensor the info of the one it was made from, if this is wanted."""
    if keep_info:
        for key, value in tensor.info().items():
            result.set_info(key, value)
    return result
