"""What a known difference from the reference implementation is.

The lists are in ``known_differences_*.py``. The tests accept nothing else. Each entry comes
with a program that shows the difference, and a test fails once it does not: an entry can not
outlive its reason.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from session import Expression

Result = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One expression of a program, and what came out of it."""

    expression: Expression
    ours: Result
    theirs: Result
    #: Earlier results which are used
    inputs: tuple[Result, ...] = ()

    @property
    def function(self) -> str:
        """Name of the function, class or method which is called; empty if there is none."""
        if not isinstance(self.expression, dict) or "call" not in self.expression:
            return ""
        target = self.expression["call"][0]
        name: str = target[1] if isinstance(target, list) else target
        # the same operations, called by TorchScript
        return name.replace("scripted.", "operations.")

    @property
    def text(self) -> str:
        """The whole expression."""
        return json.dumps(self.expression)

    def errors(self, ours: str | None, theirs: str | None, message: str = "") -> bool:
        """Say if there were such errors (``None``: no error).

        :param message: part of the message of the reference implementation
        """
        return (
            _short(self.ours) == ours
            and _short(self.theirs) == theirs
            and message in self.theirs.get("message", "")
        )


def _short(result: Result) -> str | None:
    error = result.get("error")
    return None if error is None else re.split(r"[.: ]", error)[-1]


@dataclass(frozen=True)
class Difference:
    """A known difference."""

    name: str
    reason: str
    matches: Callable[[Step], bool]
    #: The difference is in the last expression
    program: list[Expression]


def names_of(result: Result) -> Any:
    """Names of labels; ``None`` for anything else."""
    value = result.get("value")
    return value.get("labels", {}).get("names") if isinstance(value, dict) else None
