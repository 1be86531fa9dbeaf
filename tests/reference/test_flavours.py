"""Both flavours give the same bits, on the same tensors, eager and scripted.

Random programs as in ``test_differential.py``, but both sides are this library.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

from comparison import CHANGING, make_step, report, variables
from differences import Result, Step
from hypothesis import HealthCheck, Phase, Verbosity, given, settings
from hypothesis import strategies as st
from machine import Machine
from operations_on_torch import OPERATIONS
from session import Session, run_operations, var

EXAMPLES = os.environ.get("METATENSOR_DIFFERENTIAL_EXAMPLES")
#: What describes the same in different words in both flavours
WORDS = ("device", "dtype", "is_view", "warnings", "message")


def comparable(value: Any, in_array: bool = False) -> Any:
    """A result without what is not the same in both flavours."""
    if isinstance(value, list):
        return [comparable(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "error" in value:
        return "error"
    return {
        name: comparable(item, name == "array")
        for name, item in value.items()
        if (name not in WORDS and name != "engine") or (in_array and name == "dtype")
    }


def are_other_types(step: Step) -> bool:
    """Say if the arguments are something that TorchScript does not accept."""
    # the schema converts some arguments, scalars of numpy to bool for example
    if step.ours.get("error") == "builtins.TypeError":
        return True
    # other errors come from the interpreter, with the class of the error in TorchScript
    is_operation = step.function.startswith("operations.")
    return is_operation and step.theirs.get("error") == "builtins.RuntimeError"


def first_difference(
    program: list[Any], plain: list[Result], scripted: list[Result], counts: Counter[str]
) -> int | None:
    """Position of the first results which are not the same."""
    unequal: set[int] = set()
    for i, expression in enumerate(program):
        step = make_step(program, plain, scripted, i)
        if variables(expression) & unequal or are_other_types(step):
            if step.function in CHANGING:
                return None
            unequal.add(i)
        elif comparable(plain[i]) != comparable(scripted[i]):
            return i
        elif "error" not in plain[i] and step.function.startswith("operations."):
            counts[step.function.removeprefix("operations.")] += 1
    return None


def test_flavours_agree() -> None:
    counts: Counter[str] = Counter()

    @settings(
        max_examples=int(EXAMPLES or 150),
        derandomize=EXAMPLES is None,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def check(data: Any) -> None:
        session = Session(data, "torch", "torch")
        run_operations(session, OPERATIONS, 12)
        for index in list(session.pools.get("TensorMap", [])):
            session.do(var(index))
        machine = Machine("plain")
        plain = [machine.run(expression) for expression in session.program]
        index = first_difference(session.program, plain, session.results, counts)
        assert index is None, report(session.program, plain, session.results, index)

    check()
    assert len(counts) > 50, "not many operations were used"
