"""Looking for the first difference between two objects."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from .._arrays import engine_of

#: Relative and absolute tolerances for each dtype of real numbers
_TOLERANCES = {
    "bfloat16": (1.6e-2, 1e-5),
    "float16": (1e-3, 1e-5),
    "float32": (1.3e-6, 1e-5),
    "float64": (1e-7, 1e-7),
}
_REAL = {"complex32": "float16", "complex64": "float32", "complex128": "float64"}

#: Lines of text which describe a difference, none if there is no difference
Difference = list[str]


@dataclass
class Comparison:
    """What to compare, and how.

    The methods give the first difference between two objects.
    """

    exact: bool
    equal_nan: bool
    check_dtype: bool
    check_arrays: bool
    check_info: bool
    rtol: float | None = None
    atol: float | None = None
    # tolerances used for the last values
    _used: tuple[float, float] = field(default=(0.0, 0.0), init=False)

    def tolerances_text(self) -> str:
        """The tolerances which were used, for the message."""
        return "" if self.exact else f" (rtol={self._used[0]:g}, atol={self._used[1]:g})"

    # ------------------------------------------------------------------------ labels
    def labels(self, actual: Any, expected: Any) -> Difference:
        """Compare names and entries."""
        if list(actual.names) != list(expected.names):
            got, wanted = (f"[{', '.join(labels.names)}]" for labels in (actual, expected))
            return [f"the names of the dimensions differ: got {got}, expected {wanted}"]
        rows, others = _host(actual.values), _host(expected.values)
        if not np.array_equal(rows, others):
            return _different_entries(expected.names, rows, others)
        if self.check_arrays:
            return self._arrays(actual.values, expected.values)
        return []

    # ------------------------------------------------------------------------ blocks
    def block(self, actual: Any, expected: Any, gradient: str = "") -> Difference:
        """Compare labels, values and gradients, recursively.

        :param gradient: parameters leading to this gradient, empty for other blocks
        """
        prefix = f"gradient '{gradient}', " if gradient else "the "
        for place, one, other in _axes(actual, expected):
            lines = self.labels(one, other)
            if lines:
                return [f"in {prefix}{place}", *lines]
        if len(actual.components) != len(expected.components):
            got, wanted = (_component_names(block) for block in (actual, expected))
            return [f"in {prefix}components", f"got {got}, expected {wanted}"]

        lines = self._values(actual, expected)
        if lines:
            return [f"in {prefix}values", *lines]
        return self._gradients(actual, expected, gradient)

    def _gradients(self, actual: Any, expected: Any, gradient: str) -> Difference:
        parameters = sorted(expected.gradients_list())
        if sorted(actual.gradients_list()) != parameters:
            place = [f"in gradient '{gradient}'"] if gradient else []
            got = ", ".join(sorted(actual.gradients_list()))
            return [
                *place,
                f"the gradients differ: got [{got}], expected [{', '.join(parameters)}]",
            ]
        for parameter in parameters:
            path = f"{gradient}/{parameter}" if gradient else parameter
            lines = self.block(actual.gradient(parameter), expected.gradient(parameter), path)
            if lines:
                return lines
        return []

    # -------------------------------------------------------------------------- maps
    def map(self, actual: Any, expected: Any) -> Difference:
        """Compare keys, all blocks and info."""
        lines = self.labels(actual.keys, expected.keys)
        if lines:
            return ["in the keys", *lines]
        pairs = zip(actual.blocks(), expected.blocks(), strict=True)
        for i, (block, other) in enumerate(pairs):
            lines = self.block(block, other)
            if lines:
                key = _entry(expected.keys.names, _host(expected.keys.values)[i])
                return [f"in block {i} {key}", *lines]
        if self.check_info:
            got, wanted = dict(actual.info()), dict(expected.info())
            if got != wanted:
                return [f"the info differs: got {got}, expected {wanted}"]
        return []

    # ------------------------------------------------------------------------ values
    def _values(self, actual: Any, expected: Any) -> Difference:
        got, wanted = _dtype_name(actual.values), _dtype_name(expected.values)
        if self.check_dtype and got != wanted:
            return [f"the dtype differs: got {got}, expected {wanted}"]
        if self.check_arrays:
            lines = self._arrays(actual.values, expected.values)
            if lines:
                return lines

        first, second = _host(actual.values), _host(expected.values)
        self._used = self._tolerances(got, wanted)
        different = self._different(first, second)
        if not different.any():
            return []
        index = tuple(int(i) for i in np.argwhere(different)[0])
        return [
            f"at {_position(expected, index)}: got {first[index]}, expected {second[index]}",
            _summary(first, second, different),
        ]

    def _different(self, first: npt.NDArray[Any], second: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Mask of the values which are not the same, or too far from each other."""
        if self.exact or (first.dtype.kind in "iub" and self._used == (0.0, 0.0)):
            same = first == second
            if self.equal_nan:
                same |= (first != first) & (second != second)
        else:
            rtol, atol = self._used
            same = np.isclose(first, second, rtol=rtol, atol=atol, equal_nan=self.equal_nan)
        return ~np.asarray(same)

    def _tolerances(self, *dtypes: str) -> tuple[float, float]:
        """Relative and absolute tolerances, those of the least precise dtype by default."""
        defaults = [_TOLERANCES.get(_REAL.get(name, name), (0.0, 0.0)) for name in dtypes]
        rtol, atol = max(defaults)
        return (
            rtol if self.rtol is None else self.rtol,
            atol if self.atol is None else self.atol,
        )

    @staticmethod
    def _arrays(actual: Any, expected: Any) -> Difference:
        kinds = []
        for array in (actual, expected):
            engine = engine_of(array)
            kinds.append(f"{engine.name} on device '{engine.device(array)}'")
        if kinds[0] != kinds[1]:
            return [f"the arrays differ: got {kinds[0]}, expected {kinds[1]}"]
        return []


def _axes(actual: Any, expected: Any) -> list[tuple[str, Any, Any]]:
    axes = [("samples", actual.samples, expected.samples)]
    components = zip(actual.components, expected.components, strict=False)
    axes += [(f"components[{i}]", one, other) for i, (one, other) in enumerate(components)]
    axes.append(("properties", actual.properties, expected.properties))
    return axes


def _host(array: Any) -> npt.NDArray[Any]:
    """The array as a numpy array, with a dtype which numpy can compute with."""
    engine = engine_of(array)
    if engine.name == "torch" and _dtype_name(array) == "bfloat16":
        array = array.float()
    host = engine.to_host(array)
    # dtypes of other packages, such as bfloat16 of jax
    return host.astype(np.float32) if host.dtype.kind == "V" else host


def _dtype_name(array: Any) -> str:
    return str(array.dtype).removeprefix("torch.")


def _component_names(block: Any) -> str:
    return f"[{', '.join(name for labels in block.components for name in labels.names)}]"


def _entry(names: list[str], row: Any) -> str:
    return f"({', '.join(f'{n}={int(v)}' for n, v in zip(names, row, strict=True))})"


def _different_entries(
    names: list[str], got: npt.NDArray[Any], wanted: npt.NDArray[Any]
) -> Difference:
    rows, others = (list(map(tuple, array.tolist())) for array in (got, wanted))
    lines = []
    if len(rows) != len(others):
        lines.append(f"the number of entries differs: got {len(rows)}, expected {len(others)}")
    present, needed = set(rows), set(others)
    missing = next((row for row in others if row not in present), None)
    unexpected = next((row for row in rows if row not in needed), None)
    if missing is not None:
        lines.append(f"the first missing entry is {_entry(names, missing)}")
    if unexpected is not None:
        lines.append(f"the first unexpected entry is {_entry(names, unexpected)}")
    if not lines:
        i = next(i for i, (row, other) in enumerate(zip(rows, others, strict=True)) if row != other)
        lines.append(
            f"the entries are in another order: got {_entry(names, rows[i])} at position {i}, "
            f"expected {_entry(names, others[i])}"
        )
    return lines


def _position(block: Any, index: tuple[int, ...]) -> str:
    """What the axes of a block contain at an index."""
    kinds = ["sample", *["component"] * len(block.components), "property"]
    parts = []
    for kind, labels, i in zip(
        kinds, [block.samples, *block.components, block.properties], index, strict=True
    ):
        parts.append(f"{kind} {i} {_entry(labels.names, _host(labels.values)[i])}")
    return ", ".join(parts)


def _summary(first: npt.NDArray[Any], second: npt.NDArray[Any], different: npt.NDArray[Any]) -> str:
    text = f"{int(different.sum())} of {different.size} values differ"
    kind = np.result_type(first, second).kind
    one, other = first[different], second[different]
    if kind in "iu":
        distance = max(abs(int(a) - int(b)) for a, b in zip(one, other, strict=True))
        return f"{text}, by up to {distance}"
    if kind in "fc":
        with np.errstate(all="ignore"):
            distances = np.abs(one.astype(np.complex128) - other.astype(np.complex128))
        finite = distances[np.isfinite(distances)]
        if finite.size:
            return f"{text}, by up to {float(finite.max()):.6g}"
    return text
