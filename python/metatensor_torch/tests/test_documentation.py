"""Documentation of the classes: examples are right, and it is up to date."""

import ast
import doctest
import importlib.util
from pathlib import Path

import metatensor_torch._documentation
import pytest

TOOL = Path(__file__).parents[3] / "tools" / "torch_documentation.py"


def test_examples():
    result = doctest.testmod(metatensor_torch._documentation)
    assert result.attempted > 0
    assert result.failed == 0


def test_up_to_date():
    if not TOOL.exists():
        pytest.skip("not in a checkout of the repository")
    spec = importlib.util.spec_from_file_location("torch_documentation", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    existing = Path(metatensor_torch._documentation.__file__).read_text()
    # apart from the formatting
    assert ast.dump(ast.parse(tool.generate())) == ast.dump(ast.parse(existing)), (
        "please run tools/torch_documentation.py"
    )
