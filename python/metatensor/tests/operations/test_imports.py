"""Names, and all ways to import them."""

import subprocess
import sys

import metatensor
import metatensor.operations
import pytest

NAMES = [
    "abs",
    "add",
    "allclose",
    "allclose_block",
    "allclose_block_raise",
    "allclose_raise",
    "append_dimension",
    "block_from_array",
    "checks_enabled",
    "detach",
    "detach_block",
    "divide",
    "dot",
    "drop_blocks",
    "drop_empty_blocks",
    "empty_like",
    "empty_like_block",
    "equal",
    "equal_block",
    "equal_block_raise",
    "equal_metadata",
    "equal_metadata_block",
    "equal_metadata_block_raise",
    "equal_metadata_raise",
    "equal_raise",
    "filter_blocks",
    "insert_dimension",
    "is_contiguous",
    "is_contiguous_block",
    "join",
    "join_blocks",
    "lstsq",
    "make_contiguous",
    "make_contiguous_block",
    "multiply",
    "NotEqualError",
    "one_hot",
    "ones_like",
    "ones_like_block",
    "permute_dimensions",
    "pow",
    "random_uniform_like",
    "random_uniform_like_block",
    "remove_dimension",
    "remove_gradients",
    "remove_gradients_block",
    "rename_dimension",
    "requires_grad",
    "requires_grad_block",
    "slice",
    "slice_block",
    "solve",
    "sort",
    "sort_block",
    "split",
    "split_block",
    "subtract",
    "unique_metadata",
    "unique_metadata_block",
    "unsafe_disable_checks",
    "unsafe_enable_checks",
    "zeros_like",
    "zeros_like_block",
] + [
    f"{reduction}_over_{axis}{block}"
    for reduction in ("mean", "std", "sum", "var")
    for axis in ("properties", "samples")
    for block in ("", "_block")
]


#: What the reference implementation does not have
ADDITIONS = [
    "components_to_samples",
    "move_dimensions",
    "properties_to_components",
    "samples_to_components",
    "transpose_components",
    "densify",
    "einsum",
    "sparsify",
]


def run(code):
    """Run code in a new interpreter, with warnings as errors."""
    command = [sys.executable, "-W", "error", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_names():
    assert sorted(metatensor.operations.__all__) == sorted(NAMES + ADDITIONS)
    for name in NAMES + ADDITIONS:
        assert getattr(metatensor, name) is getattr(metatensor.operations, name)
    assert isinstance(metatensor.operations.__version__, str)


def test_not_equal_error():
    assert metatensor.NotEqualError.__bases__ == (Exception,)
    assert metatensor.operations._utils.NotEqualError is metatensor.NotEqualError


@pytest.mark.parametrize(
    "first", ["metatensor", "metatensor.operations", "metatensor.operations._add"]
)
def test_import_order(first):
    run(
        f"import {first}, sys\n"
        "import metatensor, metatensor.operations\n"
        "assert metatensor.join is metatensor.operations.join\n"
        "assert metatensor.operations._add.add is metatensor.add\n"
        "assert 'torch' not in sys.modules"
    )


def test_old_name():
    pytest.importorskip("metatensor_operations")
    run(
        "import metatensor_operations, metatensor\n"
        "assert metatensor.operations is metatensor_operations\n"
        "import metatensor_operations._add, metatensor.operations._add\n"
        "assert metatensor_operations._add is metatensor.operations._add\n"
        "assert metatensor_operations._add.__spec__.name == 'metatensor.operations._add'\n"
        "for name in ('allclose', 'block_from_array', 'join', 'split', 'zeros_like'):\n"
        "    getattr(metatensor, name)"
    )


def test_alias():
    run(
        "import sys, metatensor\n"
        "from metatensor._alias import install\n"
        "import metatensor.operations\n"
        "install('other_name', 'metatensor.operations')\n"
        "install('other_name', 'metatensor.operations')\n"
        "import other_name, other_name._join\n"
        "assert other_name is metatensor.operations\n"
        "assert other_name._join is metatensor.operations._join\n"
        "assert other_name._join.__name__ == 'metatensor.operations._join'\n"
        "try:\n"
        "    import other_name._nothing\n"
        "except ModuleNotFoundError:\n"
        "    pass\n"
        "else:\n"
        "    raise AssertionError"
    )


def test_private_names():
    backend = metatensor.operations._backend
    assert backend.TensorMap is metatensor.TensorMap
    assert not backend.torch_jit_is_scripting()
    assert backend.torch_jit_script(len) is len
    assert backend.torch_jit_annotate(int, 3) == 3
    with pytest.raises(AssertionError):
        backend.isinstance_metatensor(3, "int")
