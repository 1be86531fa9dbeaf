"""Datasets, and loading them in batches."""

from ._collate import group, group_and_join
from ._dataloader import DataLoader
from ._dataset import Dataset, IndexedDataset

__all__ = ["DataLoader", "Dataset", "IndexedDataset", "group", "group_and_join"]
