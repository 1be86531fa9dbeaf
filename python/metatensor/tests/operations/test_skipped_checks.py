"""What operations do not compare without checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import metatensor as mts
import numpy as np
import pytest
from metatensor import Labels, TensorBlock, TensorMap

Operation = Callable[[TensorMap, TensorMap], TensorMap]
OPERATIONS: dict[str, Operation] = {
    "add": mts.add,
    "subtract": mts.subtract,
    "multiply": mts.multiply,
    "divide": mts.divide,
    "dot": lambda a, b: mts.dot(a, mts.remove_gradients(b)),
    "lstsq": lambda a, b: mts.lstsq(a, b, rcond=1e-12),
    "solve": lambda a, b: mts.solve(mts.remove_gradients(a), mts.remove_gradients(b)),
    "join samples": lambda a, b: mts.join([a, b], "samples", add_dimension="tensor"),
    "join properties": lambda a, b: mts.join([a, b], "properties", add_dimension="tensor"),
}
KEYS = Labels.range("k", 3)


@pytest.fixture(autouse=True)
def enabled() -> Iterator[None]:
    with mts.unsafe_enable_checks():
        yield


@pytest.fixture
def comparisons(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the dimensions of all labels which were compared."""
    compared: list[str] = []
    for name in ("__eq__", "__ne__"):
        original = getattr(Labels, name)

        def counted(one: Labels, other: Any, original: Any = original) -> bool:
            if one is not other:
                compared.extend(one.names)
            return bool(original(one, other))

        monkeypatch.setattr(Labels, name, counted)
    return compared


def make(gradients: bool, *, first: int = 0, samples: int = 2, keys: Labels = KEYS) -> TensorMap:
    """Map whose labels are objects of its own, but for the keys."""
    blocks = []
    for _ in range(len(keys)):
        rows = np.arange(first, first + samples).reshape(-1, 1)
        properties = Labels.range("p", 2)
        values = np.array([[2.0, 1.0], [1.0, 3.0], [4.0, 1.0]])[:samples]
        block = TensorBlock(values, Labels(["s"], rows), [], properties)
        if gradients:
            labels = Labels(["sample"], np.array([[0]]))
            block.add_gradient("g", TensorBlock(np.ones((1, 2)), labels, [], properties))
        blocks.append(block)
    return TensorMap(keys, blocks)


@pytest.mark.parametrize("gradients", [False, True])
@pytest.mark.parametrize("name", OPERATIONS)
def test_nothing_is_compared(name: str, gradients: bool, comparisons: list[str]) -> None:
    operation = OPERATIONS[name]
    expected = operation(make(gradients), make(gradients))
    assert comparisons
    comparisons.clear()
    with mts.unsafe_disable_checks():
        result = operation(make(gradients), make(gradients))
    # samples of gradients are united when properties are joined, which is no check
    assert set(comparisons) <= ({"sample"} if name == "join properties" else set())
    assert result == expected
    comparisons.clear()
    operation(make(gradients), make(gradients))
    assert comparisons


@pytest.mark.parametrize("gradients", [False, True])
@pytest.mark.parametrize("name", ["add", "multiply", "lstsq", "solve", "join properties"])
def test_other_samples_are_accepted(name: str, gradients: bool) -> None:
    operation = OPERATIONS[name]
    a, b = make(gradients), make(gradients, first=5)
    with pytest.raises((mts.NotEqualError, ValueError)):
        operation(a, b)
    with mts.unsafe_disable_checks():
        assert operation(a, b) == operation(a, make(gradients))


@pytest.mark.parametrize("gradients", [False, True])
@pytest.mark.parametrize("name", ["add", "multiply", "lstsq", "solve", "join properties"])
def test_shapes_are_checked(name: str, gradients: bool) -> None:
    a, b = make(gradients), make(gradients, samples=3)
    with mts.unsafe_disable_checks(), pytest.raises((ValueError, np.linalg.LinAlgError)):
        OPERATIONS[name](a, b)


@pytest.mark.parametrize("name", OPERATIONS)
def test_keys_and_names_of_gradients_are_checked(name: str) -> None:
    operation = OPERATIONS[name]
    with mts.unsafe_disable_checks():
        with pytest.raises(mts.NotEqualError, match="keys"):
            operation(make(True), make(True, keys=Labels.range("other", 3)))
        if name not in ("dot", "solve"):
            with pytest.raises(mts.NotEqualError, match="gradients"):
                operation(make(True), make(False))


def test_blocks_are_matched_by_their_keys() -> None:
    reversed_keys = Labels(["k"], np.array([[2], [1], [0]]))
    for gradients in (False, True):
        a, b = make(gradients), make(gradients, keys=reversed_keys)
        b.block({"k": 0}).values[:] = 100.0
        expected = mts.add(a, b)
        with mts.unsafe_disable_checks():
            assert mts.add(a, b) == expected
            assert not mts.equal_metadata(a, make(gradients, first=3))
