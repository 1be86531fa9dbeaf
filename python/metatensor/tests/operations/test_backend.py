"""Both engines, and both flavours, must offer the same functions."""

import ast
from pathlib import Path

import metatensor.operations
import pytest

PLAIN = Path(metatensor.operations.__file__).parent
TORCH = PLAIN.parents[3] / "metatensor_torch" / "src" / "metatensor_torch" / "operations"


def functions(path, cls=None):
    """Public functions of a file (or of a class there), with the names of their arguments."""
    body = ast.parse(path.read_text()).body
    if cls is not None:
        (body,) = [n.body for n in body if isinstance(n, ast.ClassDef) and n.name == cls]
    return {
        node.name: [argument.arg for argument in node.args.args if argument.arg != "self"]
        for node in body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    }


def test_engines():
    assert functions(PLAIN / "_engine_numpy.py") == functions(PLAIN / "_engine_torch.py")


#: Methods which only exist to be changed by one of the namespaces
HOOKS = {"inexact", "complex", "astype", "take", "like", "default_float", "on_host"}
HOOKS |= {"matmul", "random_like"}


@pytest.mark.parametrize(
    ("file", "cls"),
    [
        ("_engine_xp.py", "XpOperations"),
        ("_engine_jax.py", "JaxOperations"),
        ("_engine_cupy.py", "CupyOperations"),
    ],
)
def test_namespaces(file, cls):
    methods = functions(PLAIN / file, cls)
    expected = functions(PLAIN / "_engine_numpy.py")
    if cls == "XpOperations":
        assert methods.keys() >= HOOKS
        assert methods.keys() - HOOKS == expected.keys()
    for name, arguments in methods.items():
        assert name in HOOKS or expected[name] == arguments


def test_dispatched_functions():
    dispatched = functions(PLAIN / "_arrays.py")
    engine = functions(PLAIN / "_engine_torch.py")
    dispatched.pop("indicator_matrix")
    assert dispatched == engine


def test_flavours():
    if not TORCH.is_dir():
        return  # not a checkout of the repository
    for name in (
        "_array_lists.py",
        "_distinct.py",
        "_label_lists.py",
        "_plans.py",
        "_sparse.py",
        "_structure.py",
        "_whole_maps.py",
    ):
        assert functions(PLAIN / name) == functions(TORCH / name)


def test_bodies_only_import_the_backend():
    special = {"_arrays", "_engine_numpy", "_engine_torch", "_plans", "_structure", "_types"}
    special |= {"__init__", "_checks", "_engine_xp", "_engine_jax", "_engine_cupy"}
    special |= {"_array_lists", "_batches", "_distinct", "_engine_torch_func", "_label_lists"}
    special |= {"_gather_rows", "_segments", "_sparse", "_whole_maps"}
    for path in PLAIN.glob("*.py"):
        if path.stem in special:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                raise AssertionError(f"{path.name} imports {node.names[0].name}")
            if isinstance(node, ast.ImportFrom):
                allowed = node.level == 1 or node.module in ("typing", "math")
                assert allowed, f"{path.name} imports {node.module}"
