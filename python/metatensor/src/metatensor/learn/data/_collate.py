"""Making batches from lists of samples."""

from __future__ import annotations

import importlib
from typing import Any

import torch

import metatensor

from ._namedtuple import namedtuple

_TORCH_TENSOR_MAP = "__torch__.torch.classes.metatensor.TensorMap"


def group(batch: list[Any]) -> Any:
    """Group samples in a single named tuple.

    :param batch: samples, with the same fields
    :return: named tuple ``Batch`` with these fields, each containing a tuple with the
        objects of all samples
    :raises ValueError: if there is no sample

    >>> from metatensor.learn import Dataset
    >>> group(list(Dataset(x=[1, 2])))
    Batch(x=(1, 2))
    """
    _check_batch(batch)
    return _batch(batch[0]._fields, list(zip(*batch, strict=True)))


def group_and_join(
    batch: list[Any],
    fields_to_join: list[str] | None = None,
    join_kwargs: dict[str, Any] | None = None,
) -> Any:
    """Group samples in a single named tuple, joining tensors.

    :param batch: samples, with the same fields
    :param fields_to_join: names of the fields which are joined, ``None`` for all of them
    :param join_kwargs: further arguments of :py:func:`metatensor.join`
    :return: named tuple ``Batch`` with these fields. TensorMaps (of any flavour) are
        joined along the samples, torch tensors are stacked as rows; of everything else,
        there is a tuple with the objects of all samples
    :raises ValueError: if there is no sample

    >>> import torch
    >>> from metatensor.learn import Dataset
    >>> group_and_join(list(Dataset(x=[torch.tensor([1, 2]), torch.tensor([3, 4])])))
    Batch(x=tensor([[1, 2],
            [3, 4]]))
    """
    _check_batch(batch)
    fields = batch[0]._fields
    joined = []
    for name, objects in zip(fields, zip(*batch, strict=True), strict=True):
        wanted = fields_to_join is None or name in fields_to_join
        if wanted and name != "sample_id":
            joined.append(_join(objects, join_kwargs or {}))
        else:
            joined.append(objects)
    return _batch(fields, joined)


def _join(objects: tuple[Any, ...], join_kwargs: dict[str, Any]) -> Any:
    first = objects[0]
    if isinstance(first, metatensor.TensorMap):
        return metatensor.join(list(objects), axis="samples", **join_kwargs)
    if isinstance(first, torch.ScriptObject):
        if first._type().qualified_name() == _TORCH_TENSOR_MAP:
            module = importlib.import_module("metatensor.torch")
            return module.join(list(objects), axis="samples", **join_kwargs)
    elif isinstance(first, torch.Tensor):
        return torch.vstack(objects)
    return objects


def _batch(fields: tuple[str, ...], values: list[Any]) -> Any:
    return namedtuple("Batch", fields)(*values)


def _check_batch(batch: list[Any]) -> None:
    if len(batch) == 0:
        raise ValueError("there must be at least one sample in a batch")
