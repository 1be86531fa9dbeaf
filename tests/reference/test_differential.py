"""Random programs give the same results with both implementations.

``METATENSOR_DIFFERENTIAL_EXAMPLES`` is the number of programs of each kind; when it is set,
they are other ones each time.
"""

from __future__ import annotations

import importlib
import os
import secrets
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch  # noqa: F401  (importing it while a program runs takes too long)
from comparison import KNOWN, find_difference, make_step, report, same, unexplained
from differences import Difference
from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings
from hypothesis import strategies as st
from machine import Machine
from session import Session, run_operations, var
from worker import Worker

EXAMPLES = os.environ.get("METATENSOR_DIFFERENTIAL_EXAMPLES")
#: ``derandomize`` would run other programs whenever the source of the test changes
SEED = 2026 if EXAMPLES is None else secrets.randbits(32)
#: How many there are otherwise: compiling functions takes time
EXAMPLES_OF = {"torch": 100}
LONGEST = 12
ENGINES = {"plain": ["numpy", "numpy", "torch"], "torch": ["torch"]}
#: Objects whose state is compared again at the end
OBJECTS = ("Labels", "TensorBlock", "TensorMap")


@pytest.fixture(scope="module")
def workers(reference_python: Path) -> Iterator[dict[str, Worker]]:
    """Processes of the reference implementation for both flavours."""
    with Worker(reference_python) as plain, Worker(reference_python, "torch") as scripted:
        yield {"plain": plain, "torch": scripted}


@pytest.mark.parametrize("kind", ["labels", "blocks", "maps", "package", "torch"])
def test_programs(workers: dict[str, Worker], kind: str) -> None:
    flavour = "torch" if kind == "torch" else "plain"
    operations = importlib.import_module(f"operations_on_{kind}").OPERATIONS
    seen: Counter[str] = Counter()
    counts: Counter[str] = Counter()

    @seed(SEED)
    @settings(
        max_examples=int(EXAMPLES or EXAMPLES_OF.get(kind, 150)),
        database=None,
        deadline=None,
        # what was drawn is in the program, which is reported
        phases=[Phase.generate, Phase.shrink],
        verbosity=Verbosity.quiet,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data(), st.sampled_from(ENGINES[flavour]))
    def check(data: Any, engine: str) -> None:
        session = Session(data, engine, flavour)
        run_operations(session, operations, LONGEST)
        objects = [index for name in OBJECTS for index in session.pools.get(name, [])]
        for index in sorted(objects):
            session.do(var(index))

        theirs = workers[flavour].run(session.program)
        index = unexplained(session.program, session.results, theirs, seen, KNOWN[flavour])
        assert index is None, report(session.program, session.results, theirs, index)
        counts["steps"] += len(theirs)
        counts["errors"] += sum("error" in result for result in theirs)

    check()
    print(f"{dict(counts)}, known differences: {dict(seen)}")
    # most of what is run must be valid, and some must not
    assert 0.02 * counts["steps"] < counts["errors"] < 0.4 * counts["steps"]


@pytest.mark.parametrize(
    ("flavour", "difference"),
    [(flavour, difference) for flavour, known in KNOWN.items() for difference in known],
    ids=lambda value: getattr(value, "name", value),
)
def test_known_differences(
    workers: dict[str, Worker], flavour: str, difference: Difference
) -> None:
    """The known differences are still there, and nothing else explains them."""
    machine = Machine(flavour)
    ours = [machine.run(expression) for expression in difference.program]
    results = list(zip(ours, workers[flavour].run(difference.program), strict=True))
    for one, other in results[:-1]:
        assert same(one, other)
    theirs = [result for _, result in results]
    step = make_step(difference.program, ours, theirs, len(ours) - 1)
    assert not same(step.ours, step.theirs)
    assert find_difference(step, KNOWN[flavour]) is difference


def test_worker_survives_crashes() -> None:
    with Worker(sys.executable) as ours:
        assert ours.run([1, 2]) == [{"value": 1}, {"value": 2}]
        assert ours.process is not None
        ours.process.kill()
        ours.process.wait()
        assert [result["error"] for result in ours.run([1, 2])] == ["crash", "crash"]
        assert ours.run([3]) == [{"value": 3}]
