"""Time what is asked for on the standard input, in one of the environments."""

from __future__ import annotations

import importlib.util
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .cases import CASES, Case
from .data import SETS, Data, Flavour

#: Seconds which a measurement takes at least
SHORTEST = 3e-3


def _scripted(expression: str, data: Data) -> Callable[[], Any]:
    """The expression as a function compiled by TorchScript."""
    torch = data.xp
    known = data.variables()
    used = [name for name in known if f"({name}" in expression or f" {name}" in expression]
    kinds = {
        name: str(known[name]._type()).rpartition(".")[2]
        if isinstance(known[name], torch.ScriptObject)
        else "Tensor"
        for name in used
    }
    arguments = ", ".join(f"{name}: {kind}" for name, kind in kinds.items())
    source = (
        "import metatensor.torch as mts\nfrom torch import Tensor\n"
        "from metatensor.torch import Labels, TensorMap\n"
        f"def run({arguments}):\n    return {expression}\n"
    )
    if "selections" in expression:
        source = source.replace("selections: Tensor", "selections: List[Labels]")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "expression.py"
        path.write_text(source)
        spec = importlib.util.spec_from_file_location("expression", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        function = torch.jit.script(module.run)
    values = [known[name] for name in used]
    return lambda: function(*values)


def _function(case: Case, data: Data, column: str) -> Callable[[], Any]:
    if column == "limit":
        limit = case.limit
        if limit is None:
            raise ValueError(f"{case.name} has no limit")
        return lambda: limit(data)
    if data.flavour.name == "torch-scripted":
        return _scripted(case.expression, data)
    variables = {"mts": data.flavour.mts, **data.variables()}
    compiled: Callable[[], Any] = eval(f"lambda: {case.expression}", variables)
    return compiled


def _seconds(function: Callable[[], Any], count: int) -> float:
    start = time.perf_counter()
    for _ in range(count):
        function()
    return (time.perf_counter() - start) / count


def serve(flavour: str) -> None:
    """Answer each line (set, number of the case, column) by a time in seconds."""
    answers = sys.stdout
    sys.stdout = sys.stderr
    data: dict[str, Data] = {}
    prepared: dict[str, tuple[Callable[[], Any], int]] = {}
    for line in sys.stdin:
        name, number, column = line.strip().split("|")
        if name not in data:
            data.clear()
            prepared.clear()
            data[name] = Data(Flavour(flavour), SETS[name])
        if line not in prepared:
            try:
                function = _function(CASES[int(number)], data[name], column)
                first = min(_seconds(function, 1) for _ in range(2))
            except Exception:  # noqa: BLE001 - there is no time for what does not work
                print("nan", file=answers, flush=True)
                continue
            prepared[line] = function, max(1, round(SHORTEST / max(first, 1e-9)))
        print(_seconds(*prepared[line]), file=answers, flush=True)


if __name__ == "__main__":
    serve(sys.argv[1])
