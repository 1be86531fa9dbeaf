"""Documentation of the classes: examples are right, and it is up to date."""

import ast
import doctest
import importlib.util
from pathlib import Path

import metatensor_torch._documentation
import pytest

TOOLS = Path(__file__).parents[3] / "tools"


def test_examples():
    result = doctest.testmod(metatensor_torch._documentation)
    assert result.attempted > 0
    assert result.failed == 0


def load_tool(name):
    """One of the programs which write files."""
    path = TOOLS / f"{name}.py"
    if not path.exists():
        pytest.skip("not in a checkout of the repository")
    spec = importlib.util.spec_from_file_location(name, path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    return tool


def code(text):
    """What a stub says, apart from the formatting and from what it imports."""
    imports = (ast.Import, ast.ImportFrom)
    return [ast.dump(node) for node in ast.parse(text).body if not isinstance(node, imports)]


def names(text):
    """Names which a stub gives to others."""
    imports = [node for node in ast.parse(text).body if isinstance(node, ast.ImportFrom)]
    return {alias.asname for node in imports for alias in node.names if alias.asname}


def test_up_to_date():
    tool = load_tool("torch_documentation")
    existing = Path(metatensor_torch._documentation.__file__).read_text()
    # apart from the formatting
    assert ast.dump(ast.parse(tool.generate())) == ast.dump(ast.parse(existing)), (
        "please run tools/torch_documentation.py"
    )


def test_stubs_are_up_to_date():
    contents = load_tool("torch_stubs").generate()
    assert len(contents) == 10
    for path, content in contents.items():
        existing = path.read_text()
        assert code(content) == code(existing), "please run tools/torch_stubs.py"
        assert names(content) == names(existing), "please run tools/torch_stubs.py"


def test_stubs_have_everything():
    """All public names of the package are in its stub."""
    path = Path(metatensor_torch.__file__).with_suffix(".pyi")
    text = path.read_text()
    known = names(text) | {"HAS_METATENSOR_OPERATIONS"}
    public = {name for name in dir(metatensor_torch) if not name.startswith("_")}
    # modules, and names of modules which are not documented
    hidden = {"importlib", "TYPE_CHECKING", "Any", "List", "DOCUMENTATION_ONLY", "io"}
    assert public - hidden - known == set()
