"""Datasets: one object for each sample and each field."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from typing import Any, Union

import torch

from ._namedtuple import namedtuple

#: All objects of a field, or a function giving them one by one
Field = Union[list[Any], Callable[[Any], Any]]


class _BaseDataset(torch.utils.data.Dataset[Any]):
    """What both kinds of datasets have in common."""

    def __init__(self, data: dict[str, Field], size: int) -> None:
        self._data = data
        self._size = size
        self._field_names = list(data)
        self._sample_class = namedtuple("Sample", self._field_names)

    def __len__(self) -> int:
        """Number of samples."""
        return self._size

    def __iter__(self) -> Iterator[Any]:
        for i in range(self._size):
            yield self[i]

    def __getitem__(self, index: Any) -> Any:
        """Get a sample by its position.

        :raises ValueError: if there is no such sample, or if a field can not be computed
        """
        index = int(index)
        if not 0 <= index < self._size:
            raise ValueError(
                f"there is no sample with index {index} in a dataset with {self._size} samples"
            )
        argument = self._argument(index)
        return self._sample_class(
            *[self._get(name, field, index, argument) for name, field in self._data.items()]
        )

    def _argument(self, index: int) -> Any:
        """Argument of the functions which compute fields."""
        return index

    @staticmethod
    def _get(name: str, field: Field, index: int, argument: Any) -> Any:
        if isinstance(field, list):
            return field[index]
        try:
            return field(argument)
        except Exception as error:
            raise ValueError(
                f"could not get the field '{name}' for the sample {argument!r}: {error}"
            ) from error


class Dataset(_BaseDataset):
    """Dataset whose samples are numbered from 0.

    :param size: number of samples, only needed if there is no list among the fields
    :param fields: for each field a list with one object per sample, or a function taking
        the number of a sample, called each time the sample is used
    :raises TypeError: if a field is neither, or if a list contains objects of several types
    :raises ValueError: if the number of samples is not known, or not the same everywhere

    >>> dataset = Dataset(x=[1.0, 2.0, 3.0], square=lambda i: (i + 1) ** 2)
    >>> dataset[1]
    Sample(x=2.0, square=4)
    """

    def __init__(self, size: int | None = None, **fields: Field) -> None:
        self._setup(fields, size)

    @classmethod
    def from_dict(cls, data: dict[str, Field], size: int | None = None) -> Dataset:
        """Create a dataset whose fields can have any name.

        >>> Dataset.from_dict({"not an identifier": [1, 2]})[0]["not an identifier"]
        1
        """
        dataset = cls.__new__(cls)
        dataset._setup(data, size)
        return dataset

    def _setup(self, data: dict[str, Field], size: int | None) -> None:
        if "sample_id" in data:
            raise ValueError(
                "a field can not be called 'sample_id', use IndexedDataset for samples with ids"
            )
        _check_fields(data)
        lengths = {name: len(field) for name, field in data.items() if isinstance(field, list)}
        if size is None:
            if not lengths:
                raise ValueError("`size` is needed if all fields are functions")
            if len(set(lengths.values())) != 1:
                raise ValueError(f"all fields must have the same number of samples, got {lengths}")
            size = next(iter(lengths.values()))
        elif any(length != size for length in lengths.values()):
            raise ValueError(f"all fields must have {size} samples (`size`), got {lengths}")
        super().__init__(dict(data), size)


class IndexedDataset(_BaseDataset):
    """Dataset whose samples have unique ids.

    :param sample_id: list with the ids, which can be anything hashable
    :param fields: for each field a list with one object per sample, or a function taking
        the id of a sample, called each time the sample is used
    :raises TypeError: if a field is neither, or if a list contains objects of several types
    :raises ValueError: if ids are not unique, or if there are not as many as samples

    >>> dataset = IndexedDataset(sample_id=["a", "b"], x=[1.0, 2.0])
    >>> dataset.get_sample("b")
    Sample(sample_id='b', x=2.0)
    """

    def __init__(self, sample_id: list[Hashable], **fields: Field) -> None:
        self._setup(fields, sample_id)

    @classmethod
    def from_dict(cls, data: dict[str, Field], sample_id: list[Hashable]) -> IndexedDataset:
        """Create a dataset whose fields can have any name.

        >>> dataset = IndexedDataset.from_dict({"energy/total": [1, 2]}, sample_id=["a", "b"])
        >>> dataset[1]["energy/total"]
        2
        """
        dataset = cls.__new__(cls)
        dataset._setup(data, sample_id)
        return dataset

    def _setup(self, data: dict[str, Field], sample_id: list[Hashable]) -> None:
        if "size" in data:
            raise ValueError(
                "a field can not be called 'size' here: the ids give the number of samples, use "
                "Dataset for samples without ids"
            )
        if not isinstance(sample_id, list):
            raise TypeError(f"`sample_id` must be a list, got {type(sample_id)}")
        positions = {one: i for i, one in enumerate(sample_id)}
        if len(positions) != len(sample_id):
            raise ValueError("there are duplicates in `sample_id`, ids must be unique")
        data = {name: field for name, field in data.items() if name != "sample_id"}
        _check_fields(data)
        lengths = {name: len(field) for name, field in data.items() if isinstance(field, list)}
        if any(length != len(sample_id) for length in lengths.values()):
            lengths = {"sample_id": len(sample_id), **lengths}
            raise ValueError(f"all fields must have the same number of samples, got {lengths}")
        super().__init__({"sample_id": sample_id, **data}, len(sample_id))
        self._positions = positions

    def _argument(self, index: int) -> Any:
        return self._data["sample_id"][index]  # type: ignore[index]

    def get_sample(self, sample_id: Hashable) -> Any:
        """Get a sample by its id.

        :raises ValueError: if there is no such sample
        """
        if sample_id not in self._positions:
            raise ValueError(f"there is no sample with the id {sample_id!r} in this dataset")
        return self[self._positions[sample_id]]


def _check_fields(data: dict[str, Field]) -> None:
    for name, field in data.items():
        if isinstance(field, list):
            if field and not all(isinstance(field[0], type(element)) for element in field):
                raise TypeError(f"the objects of the field '{name}' do not all have the same type")
        elif not callable(field):
            raise TypeError(f"the field '{name}' must be a list or a function, got {type(field)}")
