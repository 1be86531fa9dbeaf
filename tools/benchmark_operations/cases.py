"""What is timed: an expression, and the loop which it is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from .data import Data

#: Bare loop over arrays; ``None`` if there is nothing to compute
Limit = Callable[[Data], Any]


@dataclass
class Case:
    """An operation, the same arithmetic on bare arrays, and what is allowed."""

    expression: str
    limit: Limit | None
    target: float | None
    #: also for large blocks, blocks with gradients and with their own labels
    main: bool = False

    @property
    def name(self) -> str:
        """The call, as in a program."""
        return self.expression.replace("mts.", "")


CASES: list[Case] = []


def _add(target: float | None, expression: str, limit: Limit | None, main: bool = False) -> None:
    if not expression.startswith("["):
        expression = f"mts.{expression}"
    CASES.append(Case(expression, limit, target, main))


def _pick(d: Data) -> list[Any]:
    kept = set(d.half_keys)
    return [array for i, array in enumerate(d.a) if i in kept]


def _share(d: Data) -> list[Any]:
    return [array for array in d.a]  # noqa: C416 - a loop is what is to be timed


def _pairs_mean(d: Data, array: Any, axis: int) -> Any:
    return d.flavour.sum_pairs(array, axis) / (array.shape[axis] // 2)


def _pairs_var(d: Data, array: Any, axis: int) -> Any:
    repeat = np.repeat if d.xp is np else d.xp.repeat_interleave
    deviations = array - repeat(_pairs_mean(d, array, axis), array.shape[axis] // 2, axis)
    return _pairs_mean(d, deviations * deviations, axis)


def _element_wise() -> None:
    _add(2, "add(A, 2.0)", lambda d: [a + 2.0 for a in d.a])
    _add(2, "add(A, B)", lambda d: [a + b for a, b in zip(d.a, d.b, strict=True)], True)
    # results only make their blocks when somebody looks at them
    looked_at = "[block.values for block in mts.add(A, B).blocks()]"
    _add(None, looked_at, lambda d: [a + b for a, b in zip(d.a, d.b, strict=True)])
    _add(2, "subtract(A, 2.0)", lambda d: [a - 2.0 for a in d.a])
    _add(2, "subtract(A, B)", lambda d: [a - b for a, b in zip(d.a, d.b, strict=True)])
    _add(2, "multiply(A, 2.0)", lambda d: [a * 2.0 for a in d.a], True)
    _add(2, "multiply(A, B)", lambda d: [a * b for a, b in zip(d.a, d.b, strict=True)], True)
    _add(2, "divide(A, 2.0)", lambda d: [a / 2.0 for a in d.a])
    _add(2, "divide(A, B)", lambda d: [a / b for a, b in zip(d.a, d.b, strict=True)])
    # other samples, not in the reference
    _add(None, "add(A, C, missing='zero')", None, True)
    _add(2, "pow(A, 2.0)", lambda d: [a**2.0 for a in d.a])
    _add(2, "abs(A)", lambda d: [abs(a) for a in d.a])


def _creation() -> None:
    _add(2, "empty_like(A)", lambda d: [d.xp.empty_like(a) for a in d.a])
    _add(2, "zeros_like(A)", lambda d: [d.xp.zeros_like(a) for a in d.a], True)
    _add(2, "ones_like(A)", lambda d: [d.xp.ones_like(a) for a in d.a])
    _add(2, "random_uniform_like(A)", lambda d: [d.flavour.random(a) for a in d.a])
    _add(None, "block_from_array(array)", None)


def _blocks_and_dimensions() -> None:
    _add(2, "drop_blocks(A, some_keys)", _pick, True)
    _add(2, "filter_blocks(A, some_keys)", _pick)
    _add(2, "drop_empty_blocks(A)", lambda d: [a for a in d.a if 0 not in a.shape])
    _add(2, "remove_gradients(A)", _share)
    _add(2, "append_dimension(A, 'samples', 'new', 3)", _append, True)
    _add(2, "append_dimension(A, 'properties', 'new', 3)", _append)
    _add(2, "append_dimension(A, 'keys', 'new', 3)", _append_to_keys)
    _add(2, "insert_dimension(A, 'samples', 0, 'new', 3)", _append)
    _add(2, "permute_dimensions(A, 'samples', [1, 0])", _permute)
    _add(
        2,
        "remove_dimension(W, 'samples', 'new')",
        lambda d: [rows[:, [0, 1]] for rows in d.label_values],
    )
    _add(2, "rename_dimension(A, 'samples', 'atom', 'new')", _share)


def _append_column(d: Data, rows: Any) -> Any:
    if d.flavour.labels_in_torch:
        return d.xp.cat([rows, d.xp.full((len(rows), 1), 3)], 1)
    return np.concatenate([rows, np.full((len(rows), 1), 3)], 1)


def _append(d: Data) -> list[Any]:
    return [_append_column(d, rows) for rows in d.label_values]


def _append_to_keys(d: Data) -> Any:
    return _share(d), _append_column(d, d.keys.values)


def _permute(d: Data) -> list[Any]:
    return [rows[:, [1, 0]] for rows in d.label_values]


def _gather() -> None:
    _add(3, "slice(A, 'samples', some_samples)", lambda d: [a[d.rows] for a in d.a], True)
    _add(3, "slice(A, 'properties', some_properties)", lambda d: [a[..., d.columns] for a in d.a])
    _add(
        3,
        "split(A, 'samples', selections)",
        lambda d: [[a[part] for a in d.a] for part in d.parts],
        True,
    )
    _add(3, "join([A, C], 'samples')", lambda d: _join(d, 0), True)
    _add(3, "join([A, B], 'properties', add_dimension='new')", lambda d: _join(d, -1))
    _add(3, "sort(R, 'samples')", lambda d: [a[d.shuffled] for a in d.r], True)
    # everything is sorted already
    _add(None, "sort(A)", None)


def _join(d: Data, axis: int) -> list[Any]:
    other = d.c if axis == 0 else d.b
    return [d.flavour.concatenate([a, c], axis) for a, c in zip(d.a, other, strict=True)]


def _reductions() -> None:
    for kind, removed, axis in (("samples", "atom", 0), ("properties", "n", -1)):
        _add(
            3,
            f"sum_over_{kind}(A, '{removed}')",
            _loop(lambda d, a, axis: d.flavour.sum_pairs(a, axis), axis),
            True,
        )
        _add(3, f"mean_over_{kind}(A, '{removed}')", _loop(_pairs_mean, axis))
        _add(3, f"var_over_{kind}(A, '{removed}')", _loop(_pairs_var, axis))
        _add(
            3,
            f"std_over_{kind}(A, '{removed}')",
            _loop(lambda d, a, axis: d.xp.sqrt(_pairs_var(d, a, axis)), axis),
        )


def _loop(function: Callable[[Data, Any, int], Any], axis: int) -> Limit:
    return lambda d: [function(d, a, axis) for a in d.a]


def _algebra() -> None:
    _add(3, "dot(A, P)", lambda d: [a @ p.T for a, p in zip(d.a, d.p, strict=True)], True)
    # not in the reference
    _add(
        3,
        "einsum('s c p, q p -> s c q', A, P)",
        lambda d: [a @ p.T for a, p in zip(d.a, d.p, strict=True)],
        True,
    )
    _add(
        3,
        "solve(X, Y)",
        lambda d: [d.xp.linalg.solve(x, y).T for x, y in zip(d.x, d.y, strict=True)],
    )
    _add(
        3,
        "lstsq(X, Y, 1e-13)",
        lambda d: [d.xp.linalg.lstsq(x, y, 1e-13)[0].T for x, y in zip(d.x, d.y, strict=True)],
    )


def _other() -> None:
    _add(
        2,
        "equal(A, A2)",
        lambda d: all((a == b).all() for a, b in zip(d.a, d.a2, strict=True)),
        True,
    )
    _add(
        2,
        "allclose(A, A2)",
        lambda d: all(d.xp.allclose(a, b, 1e-13, 1e-12) for a, b in zip(d.a, d.a2, strict=True)),
    )
    _add(None, "equal_metadata(A, B)", None, True)
    _add(None, "unique_metadata(A, 'samples', 'atom')", None)
    _add(None, "one_hot(samples, atoms)", None)
    _add(2, "detach(A)", lambda d: [a if d.xp is np else a.detach() for a in d.a])
    _add(2, "requires_grad(A, False)", lambda d: [a if d.xp is np else a.detach() for a in d.a])
    _add(
        2,
        "make_contiguous(A)",
        lambda d: [d.xp.ascontiguousarray(a) if d.xp is np else a.contiguous() for a in d.a],
    )
    _add(
        2,
        "is_contiguous(A)",
        lambda d: all(a.flags.c_contiguous if d.xp is np else a.is_contiguous() for a in d.a),
    )


_element_wise()
_creation()
_blocks_and_dimensions()
_gather()
_reductions()
_algebra()
_other()
