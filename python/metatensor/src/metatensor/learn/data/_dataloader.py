"""Loading samples in batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch

from ._collate import group_and_join


class DataLoader(torch.utils.data.DataLoader[Any]):
    """Load the samples of a dataset in batches.

    :param dataset: dataset whose samples are named tuples
    :param collate_fn: makes a batch from a list of samples, by default with
        :py:func:`group_and_join`
    :param kwargs: further arguments of :py:class:`torch.utils.data.DataLoader`

    >>> from metatensor.learn import Dataset
    >>> dataset = Dataset(x=["a", "b", "c"])
    >>> [batch.x for batch in DataLoader(dataset, batch_size=2)]
    [('a', 'b'), ('c',)]
    """

    def __init__(
        self,
        dataset: Any,
        collate_fn: Callable[[list[Any]], Any] = group_and_join,
        **kwargs: Any,
    ) -> None:
        super().__init__(dataset, collate_fn=collate_fn, **kwargs)
