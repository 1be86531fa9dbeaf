"""Whatever can be written with the reference implementation can be written with this one.

Both are asked for their public names and the parameters of their functions. Ours may have
more: names, parameters with a default after those of the reference, wider types.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from harness import Program, run_program

PACKAGES = [
    "metatensor",
    "metatensor.torch",
    "metatensor_operations",
    "metatensor_learn",
    "metatensor_torch",
]

#: What modules of the reference happen to import; nobody looks for it there
IMPORTED = {
    "metatensor": {"metatensor_operations"},
    "metatensor.io": {"Labels", "TensorBlock", "TensorMap"},
    "metatensor.torch": {
        "TYPE_CHECKING",
        "metatensor",
        "metatensor_learn",
        "metatensor_operations",
    },
    # the others are how one module talks to the next
    "metatensor.torch.utils": {"Version", "external_path", "install_prefix"},
}
IMPORTED["metatensor_torch"] = IMPORTED["metatensor.torch"]
IMPORTED["metatensor_torch.utils"] = IMPORTED["metatensor.torch.utils"]

VARIABLE = {"VAR_POSITIONAL", "VAR_KEYWORD"}


@pytest.fixture(scope="module")
def apis(reference_python: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The public APIs of the reference and of this library."""
    theirs, ours = (
        json.loads(run_program(python, "public_api.py", *PACKAGES))
        for python in (reference_python, sys.executable)
    )
    return theirs, ours


def problems_with_parameters(
    theirs: list[list[Any]] | None, ours: list[list[Any]] | None, special: bool = False
) -> list[str]:
    """What can not be called in the same way.

    :param special: names of the parameters do not matter, nobody writes them
    """
    if theirs is None or ours is None:
        return [] if theirs == ours else [f"signatures {theirs} and {ours}"]
    variable = {kind for _, kind, _ in ours if kind in VARIABLE}
    named = [parameter for parameter in ours if parameter[1] not in VARIABLE]
    expected = [parameter for parameter in theirs if parameter[1] not in VARIABLE]
    positional = [p for p in named if p[1].startswith("POSITIONAL")]
    known = {name: (kind, default) for name, kind, default in named}

    problems = []
    for i, (name, kind, default) in enumerate(expected):
        if kind.startswith("POSITIONAL"):
            if i >= len(positional) or (positional[i][0] != name and not special):
                problems.append(f"parameter {i} is not '{name}'")
                continue
            found = positional[i]
        elif name in known:
            found = [name, *known[name]]
        else:
            problems.append(f"no parameter '{name}'")
            continue
        if default != found[2]:
            problems.append(f"the default of '{name}' is {found[2]}, not {default}")
    for name, _, default in named[len(expected) :]:
        if default is None:
            problems.append(f"'{name}' is new, and has no default")
    # any name is accepted by the reference, which then reads those it knows
    accepts_any = {kind for _, kind, _ in theirs if kind in VARIABLE}
    if not accepts_any <= variable and not _is_conversion(known):
        problems.append(f"does not accept {accepts_any - variable}")
    return problems


def _is_conversion(known: dict[str, Any]) -> bool:
    """Say if these are the parameters of ``to``, of which no others are ignored."""
    return {"dtype", "device", "arrays", "non_blocking"} <= set(known)


def without_self(member: dict[str, Any]) -> list[list[Any]] | None:
    """Parameters to give when calling a method of an object or class."""
    signature: list[list[Any]] | None = member["signature"]
    if signature and not member["static"] and signature[0][0] in ("self", "cls"):
        return signature[1:]
    return signature


def problems_with_class(theirs: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    problems = [f"constructor: {p}" for p in _parameters(theirs, ours)]
    if not set(theirs["bases"]) <= set(ours["bases"]):
        problems.append(f"base classes {ours['bases']}, expected {theirs['bases']}")
    for name, member in theirs["members"].items():
        other = ours["members"].get(name)
        if other is None:
            problems.append(f"no member '{name}'")
        elif other["kind"] != member["kind"]:
            problems.append(f"'{name}' is a {other['kind']}, not a {member['kind']}")
        elif member["kind"] == "function":
            found = problems_with_parameters(
                without_self(member), without_self(other), special=name.startswith("__")
            )
            problems += [f"{name}: {problem}" for problem in found]
    return problems


def _parameters(theirs: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    return problems_with_parameters(theirs.get("signature"), ours.get("signature"))


def problems_with_schema(theirs: dict[str, Any], ours: dict[str, Any]) -> list[str]:
    """The same for functions which TorchScript compiled."""
    listed = [
        [[name, "POSITIONAL_OR_KEYWORD", default] for name, _, default in schema["arguments"]]
        for schema in (theirs, ours)
    ]
    problems = problems_with_parameters(*listed)
    if theirs["returns"] != ours["returns"]:
        problems.append(f"returns {ours['returns']}, not {theirs['returns']}")
    return problems


def problems_with(theirs: dict[str, Any], ours: dict[str, Any] | None) -> list[str]:
    if ours is None:
        return ["missing"]
    if theirs["kind"] != ours["kind"]:
        return [f"is a {ours['kind']}, not a {theirs['kind']}"]
    if theirs["kind"] == "class":
        return problems_with_class(theirs, ours)
    if theirs["kind"] == "value":
        return [] if theirs["type"] == ours["type"] else [f"is of the type {ours['type']}"]
    if "schema" in theirs:
        return problems_with_schema(theirs["schema"], ours["schema"])
    return _parameters(theirs, ours)


def test_modules(apis: tuple[dict[str, Any], dict[str, Any]]) -> None:
    theirs, ours = (api["modules"] for api in apis)
    assert {"metatensor", "metatensor.io", "metatensor.learn.nn", "metatensor.torch"} <= set(theirs)
    problems = []
    for module, names in theirs.items():
        if module not in ours:
            problems.append(f"no module {module}")
            continue
        for name, item in names.items():
            if name not in IMPORTED.get(module, set()):
                found = problems_with(item, ours[module].get(name))
                problems += [f"{module}.{name}: {problem}" for problem in found]
    assert not problems, "\n".join(problems)


def test_torchscript(apis: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Methods and functions written in C++ have the same names, types and defaults."""
    theirs, ours = (api["schemas"] for api in apis)
    assert len(theirs) > 100
    for name, schemas in theirs.items():
        for schema in schemas:
            assert schema in ours.get(name, []), name


def test_all_operations_are_compared(apis: tuple[dict[str, Any], dict[str, Any]]) -> None:
    for api in apis:
        for module in ("metatensor.operations", "metatensor_operations"):
            assert "A" in json.dumps(api["modules"][module]["add"]["signature"])
        assert api["modules"]["metatensor.torch"]["add"]["schema"]["arguments"][0][0] == "A"


PARAMETER = "POSITIONAL_OR_KEYWORD"


@pytest.mark.parametrize(
    ("ours", "message"),
    [
        ([["a", PARAMETER, None], ["b", PARAMETER, "1"]], None),
        ([["a", PARAMETER, None], ["b", PARAMETER, "1"], ["c", "KEYWORD_ONLY", "2"]], None),
        (
            [["a", PARAMETER, None], ["b", PARAMETER, "1"], ["c", "KEYWORD_ONLY", None]],
            "'c' is new",
        ),
        ([["a", PARAMETER, None], ["b", PARAMETER, "2"]], "the default of 'b' is 2, not 1"),
        ([["b", PARAMETER, None], ["a", PARAMETER, "1"]], "parameter 0 is not 'a'"),
        ([["a", PARAMETER, None], ["b", "KEYWORD_ONLY", "1"]], "parameter 1 is not 'b'"),
        ([["a", PARAMETER, None]], "parameter 1 is not 'b'"),
    ],
)
def test_comparison_of_signatures(ours: list[list[Any]], message: str | None) -> None:
    theirs = [["a", PARAMETER, None], ["b", PARAMETER, "1"]]
    problems = problems_with_parameters(theirs, ours)
    if message is None:
        assert problems == []
    else:
        assert any(message in problem for problem in problems)


def test_programs_do_not_see_this_library(reference: Program) -> None:
    """What runs with the reference implementation is not ours by mistake."""
    modules = json.loads(reference("public_api.py", "metatensor"))["modules"]
    assert "metatensor.testing" not in modules
