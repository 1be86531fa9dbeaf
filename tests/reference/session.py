"""Programs which are run while they are drawn, so that what they do next makes sense."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from descriptions import class_name, describe
from hypothesis import strategies as st
from machine import Machine
from metatensor.testing import strategies as mts

#: An expression for the machine of ``programs/machine.py``
Expression = Any

#: Few different values: two sets of labels often have entries in common
FEW = st.integers(0, 2)
#: Arguments of the wrong type, or out of range
ODD: list[Expression] = [
    None,
    True,
    -1,
    7,
    "",
    "not there",
    {"built": {"float": "2.5"}},
    {"list": []},
    {"tuple": ["a", 1]},
    {"dict": []},
    {"list": [1, 2]},
    {"built": {"scalar": ["int64", "1"]}},
    {"built": {"scalar": ["float32", "1.0"]}},
]
#: Python integers are drawn within these bounds
DTYPES = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "bool"]


def var(index: int) -> Expression:
    """One of the earlier results."""
    return {"var": index}


def call(target: Any, *arguments: Expression, **keywords: Expression) -> Expression:
    """Call of a function or class, see ``programs/machine.py`` for their names."""
    return {"call": [target, list(arguments), keywords]}


def scripted(expression: Expression) -> Expression:
    """The same, where an operation is called by TorchScript."""
    if not isinstance(expression, dict) or "call" not in expression:
        return expression
    target, arguments, keywords = expression["call"]
    if isinstance(target, str):
        target = target.replace("operations.", "scripted.")
    return {"call": [target, arguments, keywords]}


def method(owner: Expression, name: str, *arguments: Expression, **keywords: Any) -> Expression:
    """Call of a method."""
    return {"call": [[owner, name], list(arguments), keywords]}


def attribute(owner: Expression, name: str) -> Expression:
    """Attribute of something."""
    return {"attribute": [owner, name]}


def dictionary(items: dict[str, Any]) -> Expression:
    """A dictionary of plain values."""
    return {"dict": [list(item) for item in items.items()]}


def built(value: Any) -> Expression:
    """The same array, labels, block or map, for both implementations."""
    return {"built": describe(value)}


class Session:
    """A program which is being written, and its results so far with this library.

    :param engine: library of arrays
    :param flavour: ``"plain"``, or ``"torch"`` for the classes of TorchScript
    """

    def __init__(self, data: st.DataObject, engine: str, flavour: str = "plain") -> None:
        self.draw = data.draw
        self.engine = engine
        self.flavour = flavour
        self.machine = Machine(flavour)
        self.program: list[Expression] = []
        self.results: list[dict[str, Any]] = []
        # was there a mistake in the current step?
        self.mistaken = False
        # positions of values which can be used
        self.pools: dict[str, list[int]] = {}

    # -------------------------------------------------------------------- running
    def do(self, expression: Expression) -> int:
        """Add one expression to the program, and run it.

        :returns: its position
        """
        # compiling and optimizing takes longer than all the rest
        if self.flavour == "torch" and self.integer(0, 5) == 0:
            expression = scripted(expression)
        # exactly what the other implementation will get
        expression = json.loads(json.dumps(expression))
        self.program.append(expression)
        self.results.append(self.machine.run(expression))
        index = len(self.program) - 1
        self.pools.setdefault(self.kind(index), []).append(index)
        return index

    def value(self, index: int) -> Any:
        """Value at a position."""
        return self.machine.values[index]

    def kind(self, index: int) -> str:
        """Name of the class of a value."""
        name: str = class_name(self.value(index))
        return name

    # -------------------------------------------------------------------- drawing
    def one_of(self, choices: list[Any]) -> Any:
        """One of several things."""
        return self.draw(st.sampled_from(choices))

    def rarely(self) -> bool:
        """Be true from time to time, to make a mistake.

        There is at most one in each step: which of two mistakes is found first does not
        matter.
        """
        if not self.mistaken:
            self.mistaken = self.draw(st.integers(0, 11)) == 11
            return self.mistaken
        return False

    def usually(self, expression: Expression) -> Expression:
        """The expression, or seldom something odd."""
        return self.one_of(ODD) if self.rarely() else expression

    def integer(self, low: int, high: int) -> int:
        """An integer, both ends are possible."""
        return self.draw(st.integers(low, high))

    def flag(self) -> bool:
        """True or false."""
        return self.draw(st.booleans())

    def pick(self, kind: str, make: Callable[[Session], int]) -> int:
        """Position of an earlier value, or of a new one."""
        known = self.pools.get(kind, [])
        if known and self.integer(0, 3):
            return self.one_of(known)
        return make(self)

    def labels_value(self, names: Any = None, **keywords: Any) -> Any:
        """New labels, as a value."""
        return self.draw(mts.labels(names, engine=self.engine, **keywords))

    def labels(self, names: Any = None, **keywords: Any) -> Expression:
        """New labels, as an expression."""
        return built(self.labels_value(names, **keywords))


def make_labels(session: Session) -> int:
    """New labels, most of the time with few different entries."""
    values = FEW if session.flag() else mts.labels.__kwdefaults__["values"]
    return session.do(session.labels(values=values))


def pick_labels(session: Session) -> int:
    """Some labels."""
    return session.pick("Labels", make_labels)


def run_operations(
    session: Session, operations: list[Callable[[Session], Any]], longest: int
) -> None:
    """Write a program with some of these operations."""
    for _ in range(session.integer(1, longest)):
        session.mistaken = False
        session.one_of(operations)(session)
