"""Datasets, batches and named tuples."""

import copy
import pickle
from functools import partial

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import metatensor as mts
from metatensor import Labels, TensorMap
from metatensor.learn import DataLoader, Dataset, IndexedDataset
from metatensor.learn.data import group, group_and_join
from metatensor.learn.data._namedtuple import namedtuple


def tensor(i, n_keys=1):
    """Tensor of one system."""
    blocks = []
    for _ in range(n_keys):
        block = mts.block_from_array(torch.full((1, 2), float(i), dtype=torch.float64))
        samples = Labels(["system"], np.array([[i]]))
        blocks.append(mts.TensorBlock(block.values, samples, [], block.properties))
    return TensorMap(Labels.range("k", n_keys), blocks)


def square(i):
    return i * i


class TestDataset:
    def test_samples(self):
        dataset = Dataset(x=[1, 2, 3], square=square, text=["a", "b", "c"])
        assert len(dataset) == 3
        assert dataset[1]._fields == ("x", "square", "text")
        assert dataset[2].square == 4
        assert dataset[np.int64(1)].x == 2
        assert dataset[torch.tensor(1)].x == 2
        assert [sample.x for sample in dataset] == [1, 2, 3]
        assert type(dataset[0]) is type(dataset[1])
        assert list(dataset._data) == ["x", "square", "text"]
        assert len(Dataset(size=4)) == 4
        assert Dataset(size=2, x=square)[1].x == 1

    def test_any_names(self):
        dataset = Dataset.from_dict({"energy/atomic": [1, 2], "size": [3, 4]})
        assert dataset[1]["energy/atomic"] == 2
        assert dataset[0].size == 3

    @pytest.mark.parametrize(
        ("arguments", "error", "text"),
        [
            ({"x": (1, 2)}, TypeError, "tuple"),
            ({"x": torch.ones(3)}, TypeError, "Tensor"),
            ({"x": [1, "a"]}, TypeError, "'x'"),
            ({"x": [1, True, 2.5]}, TypeError, "'x'"),
            ({"x": square}, ValueError, "size"),
            ({"x": [1], "y": [1, 2]}, ValueError, r"'x': 1.*'y': 2"),
            ({"x": [1], "size": 2}, ValueError, r"2.*'x': 1"),
            ({"sample_id": [1]}, ValueError, "IndexedDataset"),
        ],
    )
    def test_errors(self, arguments, error, text):
        with pytest.raises(error, match=text):
            Dataset(**arguments)

    def test_bad_index(self):
        dataset = Dataset(x=[1, 2], y=lambda i: 1 / i)
        for index in (-1, 2):
            with pytest.raises(ValueError, match=str(index)):
                dataset[index]
        with pytest.raises(ValueError, match=r"'y'.*0") as error:
            dataset[0]
        assert isinstance(error.value.__cause__, ZeroDivisionError)

    def test_random_split(self):
        first, second = torch.utils.data.random_split(Dataset(x=[1, 2, 3]), [2, 1])
        assert sorted(sample.x for part in (first, second) for sample in part) == [1, 2, 3]


class TestIndexedDataset:
    def test_samples(self):
        dataset = IndexedDataset(x=[1, 2], sample_id=["a", 7], name=str)
        assert dataset[1]._fields == ("sample_id", "x", "name")
        assert dataset[1].name == "7"
        assert dataset.get_sample("a") == ("a", 1, "a")
        with pytest.raises(ValueError, match="'b'"):
            dataset.get_sample("b")
        by_name = IndexedDataset.from_dict({"x y": [1, 2]}, sample_id=[(1, 2), None])
        assert by_name.get_sample(None)["x y"] == 2

    @pytest.mark.parametrize(
        ("arguments", "error", "text"),
        [
            ({"sample_id": [1, 1]}, ValueError, "duplicates"),
            ({"sample_id": (1, 2)}, TypeError, "tuple"),
            ({"sample_id": [[], []]}, TypeError, "unhashable"),
            ({"sample_id": [1, 2], "x": [1]}, ValueError, r"'sample_id': 2.*'x': 1"),
            ({"sample_id": [1, 2], "size": [1, 2]}, ValueError, "Dataset"),
        ],
    )
    def test_errors(self, arguments, error, text):
        with pytest.raises(error, match=text):
            IndexedDataset(**arguments)

    def test_failing_function(self):
        dataset = IndexedDataset(sample_id=["a"], x=int)
        with pytest.raises(ValueError, match=r"'x'.*'a'"):
            dataset[0]


class TestCollate:
    def test_group(self):
        batch = group(list(Dataset(x=[1, 2], t=[tensor(0), tensor(1)])))
        assert type(batch).__name__ == "Batch"
        assert batch.x == (1, 2)
        assert len(batch.t) == 2
        for function in (group, group_and_join):
            with pytest.raises(ValueError, match="at least one"):
                function([])

    def test_join(self):
        dataset = IndexedDataset(
            sample_id=[3, 4],
            t=[tensor(3), tensor(4)],
            array=[torch.ones(2), torch.zeros(2)],
            text=["a", "b"],
            scalar=[torch.tensor(1), torch.tensor(2)],
        )
        batch = group_and_join(list(dataset))
        assert batch.sample_id == (3, 4)
        assert batch.t.block().samples.values.tolist() == [[3], [4]]
        assert batch.array.shape == (2, 2)
        assert batch.scalar.shape == (2, 1)
        assert batch.text == ("a", "b")
        batch = group_and_join(list(dataset), fields_to_join=["t", "unknown"])
        assert isinstance(batch.t, TensorMap)
        assert isinstance(batch.array, tuple)

    def test_different_keys(self):
        samples = list(Dataset(t=[tensor(0, 2), tensor(1)]))
        with pytest.raises(mts.NotEqualError):
            group_and_join(samples)
        batch = group_and_join(samples, join_kwargs={"different_keys": "union"})
        assert len(batch.t) == 2


class TestDataLoader:
    @pytest.mark.parametrize("n_workers", [0, 2])
    def test_batches(self, n_workers):
        dataset = Dataset.from_dict({"a b": [tensor(i) for i in range(5)], "f": partial(pow, 2)})
        loader = DataLoader(dataset, batch_size=2, num_workers=n_workers)
        batches = list(loader)
        assert [len(batch["a b"].block()) for batch in batches] == [2, 2, 1]
        assert batches[1].f == (4, 8)
        assert batches[1]["a b"].block().values[0, 0] == 2.0

    def test_other_collate(self):
        loader = DataLoader(Dataset(x=[1, 2, 3]), collate_fn=group, batch_size=3)
        assert next(iter(loader)).x == (1, 2, 3)


class TestNamedTuple:
    NAMES = ("sample_id", "foo bar", "__underscore", "class")

    def test_access(self):
        sample = namedtuple("Sample", self.NAMES)(2, 3, 4, -3)
        assert sample._fields == self.NAMES
        assert sample["foo bar"] == sample[1] == 3
        assert sample[1:] == (3, 4, -3)
        assert getattr(sample, "class") == -3
        assert getattr(sample, "__underscore") == 4
        assert list(sample) == [2, 3, 4, -3]
        assert sample == (2, 3, 4, -3)
        assert hash(sample) == hash((2, 3, 4, -3))
        assert repr(sample) == "Sample(sample_id=2, 'foo bar'=3, __underscore=4, 'class'=-3)"
        assert not hasattr(sample, "__dict__")
        with pytest.raises(KeyError, match="nothing"):
            sample["nothing"]
        with pytest.raises(AttributeError):
            sample.sample_id = 3

    def test_methods(self):
        cls = namedtuple("Sample", self.NAMES)
        sample = cls(2, _1=3, __underscore=4, _3=-3)
        assert sample == cls._make([2, 3, 4, -3])
        assert sample._asdict() == {"sample_id": 2, "foo bar": 3, "__underscore": 4, "class": -3}
        assert sample._replace(sample_id=5) == (5, 3, 4, -3)
        assert sample._replace(**{"foo bar": 7})[1] == 7
        assert cls.__match_args__ == self.NAMES
        assert namedtuple("T", "ab")._fields == ("a", "b")
        assert namedtuple("T", [1, 2])(3, 4)["1"] == 3

    def test_errors(self):
        cls = namedtuple("Sample", ["a", "b"])
        for function in (
            lambda: cls(1),
            lambda: cls(1, 2, 3),
            lambda: cls(1, a=2),
            lambda: cls(1, c=2),
            lambda: cls._make([1]),
            lambda: cls(1, 2)._replace(c=3),
        ):
            with pytest.raises(TypeError):
                function()
        with pytest.raises(ValueError, match="'a'"):
            namedtuple("Sample", ["a", "a"])
        with pytest.raises(ValueError, match="class"):
            namedtuple("class", ["a"])

    def test_reserved_names(self):
        sample = namedtuple("T", ["_fields", "__class__", "count", "_make"])(1, 2, 3, 4)
        assert sample["_fields"] == 1
        assert sample["__class__"] == 2
        assert sample.count == 3
        assert sample._fields == ("_fields", "__class__", "count", "_make")

    @pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
    def test_pickle(self, protocol):
        sample = namedtuple("Sample", self.NAMES)(2, 3, 4, -3)
        loaded = pickle.loads(pickle.dumps(sample, protocol))
        assert loaded == sample
        assert repr(loaded) == repr(sample)
        assert type(loaded) is type(sample)
        assert copy.deepcopy(sample) == sample
        cls = type(sample)
        assert pickle.loads(pickle.dumps(cls, protocol)) is cls
        dataset = pickle.loads(pickle.dumps(Dataset(x=[1, 2], y=square), protocol))
        assert dataset[1] == (2, 1)
