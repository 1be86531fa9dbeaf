"""Pytrees work in whatever order modules are imported, and nothing imports a library."""

import pytest
from fresh_process import run

LIBRARIES = {
    "jax": ("jax", "jax.tree_util.tree_leaves"),
    "torch": ("torch.utils._pytree, torch", "torch.utils._pytree.tree_leaves"),
}

MAKE = """
def make():
    block = metatensor.TensorBlock(
        np.zeros((1, 1)), metatensor.Labels.range("s", 1), [], metatensor.Labels.range("p", 1)
    )
    return metatensor.TensorMap(metatensor.Labels.range("k", 1), [block])
"""

ORDERS = {
    "metatensor-first": "import metatensor\nimport {library}\ntensor = make()",
    "library-first": "import {library}\nimport metatensor\ntensor = make()",
    "both": "import metatensor, {library}\ntensor = make()",
    "loaded": (
        "import metatensor\nfrom metatensor.io import load_buffer\n"
        "buffer = make().save_buffer()\nimport {library}\ntensor = load_buffer(buffer)"
    ),
    "result": "import metatensor\nold = make()\nimport {library}\ntensor = old.copy()",
    "other-object": (
        "import metatensor\ntensor = make()\nimport {library}\nmetatensor.Labels.range('a', 2)"
    ),
    "explicit": (
        "import metatensor\ntensor = make()\nimport {library}\n"
        "metatensor.utils.register_pytrees()\nmetatensor.utils.register_pytrees()"
    ),
}


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("order", ORDERS)
def test_orders(library, order):
    pytest.importorskip(library)
    modules, tree_leaves = LIBRARIES[library]
    lines = ["import numpy as np", MAKE, *ORDERS[order].format(library=modules).split("\n")]
    lines += [
        f"leaves = {tree_leaves}([tensor, tensor[0], tensor.keys])",
        "assert len(leaves) == 2 and leaves[0] is tensor[0].values, leaves",
    ]
    result = run("\n".join(lines))
    assert result.returncode == 0, result.stderr


def test_only_what_was_imported():
    result = run(
        """
        import sys
        import numpy as np
        import metatensor
        from metatensor import Labels, TensorBlock, TensorMap
        labels = Labels("a", np.array([[1], [2]])).union(Labels.range("a", 3))
        block = TensorBlock(np.zeros((3, 1)), labels, [], Labels.range("p", 1))
        tensor = TensorMap(Labels.single(), [block])
        tensor.keys_to_samples("_").to(dtype="float32").save_buffer()
        metatensor.utils.register_pytrees()
        names = {"torch", "jax", "jaxlib", "cupy", "array_api_compat", "array_api_strict"}
        assert not names & set(sys.modules), names & set(sys.modules)
        """
    )
    assert result.returncode == 0, result.stderr


def test_jax_does_not_import_torch():
    pytest.importorskip("jax")
    result = run(
        """
        import sys
        import jax.numpy as jnp
        import metatensor
        block = metatensor.TensorBlock(
            jnp.zeros((3, 1)), metatensor.Labels.range("s", 3), [], metatensor.Labels.range("p", 1)
        )
        tensor = metatensor.TensorMap(metatensor.Labels.single(), [block])
        metatensor.add(tensor.keys_to_samples("_"), 1.0)
        assert not {"torch", "cupy"} & set(sys.modules)
        """
    )
    assert result.returncode == 0, result.stderr
