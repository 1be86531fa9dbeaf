"""Cases of operations which only this library has, run in both flavours.

They take the module of a flavour ``m``, a function ``f`` making its labels, and two tensors with
different metadata, ``t`` and ``u``.
"""

import metatensor as mts
from helpers import random_tensor

CASES = {
    "add_zero": lambda m, f, t, u: m.add(t, u, missing="zero"),
    "add_drop": lambda m, f, t, u: m.add(u, t, "drop"),
    "add_same": lambda m, f, t, u: m.add(t, t, "zero"),
    "subtract_zero": lambda m, f, t, u: m.subtract(t, u, missing="zero"),
    "subtract_drop": lambda m, f, t, u: m.subtract(t, m.remove_gradients(u, ["g"]), missing="drop"),
    "multiply_zero": lambda m, f, t, u: m.multiply(t, u, missing="zero"),
    "multiply_drop": lambda m, f, t, u: m.multiply(m.remove_gradients(t), u, missing="drop"),
    "divide_drop": lambda m, f, t, u: m.divide(t, u, missing="drop"),
    "densify": lambda m, f, t, u: m.densify(t),
    "densify_fill": lambda m, f, t, u: m.densify(t, samples="keep", fill_value=-1.5),
    "densify_labels": lambda m, f, t, u: m.densify(
        t, properties=f(["n", "q"], [[i, j] for i in (2, 0, 1) for j in (1, 0)])
    ),
    "sparsify": lambda m, f, t, u: m.sparsify(m.densify(t)),
    "sparsify_fill": lambda m, f, t, u: m.sparsify(m.densify(t, fill_value=2.0), 2.0),
    "join_keys": lambda m, f, t, u: m.join([u, m.add(u, 1), u], "keys", add_dimension="i"),
    "join_other_keys": lambda m, f, t, u: m.join(
        [m.drop_blocks(t, f(["l"], [[0]])), m.filter_blocks(t, f(["l"], [[0]]))], axis="keys"
    ),
    "components_to_samples": lambda m, f, t, u: m.components_to_samples(t, "m"),
    "samples_to_components": lambda m, f, t, u: m.samples_to_components(t, "a"),
    "samples_to_components_fill": lambda m, f, t, u: m.samples_to_components(t, ["a", "s"], 3.5),
    "properties_to_components": lambda m, f, t, u: m.properties_to_components(t, ["q"]),
    "properties_to_components_all": lambda m, f, t, u: m.properties_to_components(t, ["q", "n"]),
    "move_dimensions": lambda m, f, t, u: m.move_dimensions(t, "a", "samples", "properties"),
    "move_dimensions_back": lambda m, f, t, u: m.move_dimensions(
        t, "n", "properties", "samples", fill_value=-1
    ),
    "move_components": lambda m, f, t, u: m.move_dimensions(t, ["m"], "components", "properties"),
    "transpose_components": lambda m, f, t, u: m.transpose_components(
        m.properties_to_components(t, "q"), [1, 0]
    ),
    "einsum": lambda m, f, t, u: m.einsum("s c p, s c p -> s c p", t, t),
    "einsum_drop": lambda m, f, t, u: m.einsum("s ... p, s ... q -> s ... q", t, u, missing="drop"),
    "einsum_dot": lambda m, f, t, u: m.einsum("s c p, q c p -> s q", t, m.remove_gradients(t)),
    "einsum_names": lambda m, f, t, u: m.einsum(
        "s c p, s c p -> s c p", t, m.permute_dimensions(t, "properties", [1, 0]), {"p": ["q", "n"]}
    ),
    **{
        f"{name}_over_{axis}_count": lambda m, f, t, u, name=name, axis=axis: getattr(
            m, f"{name}_over_{axis}"
        )(t, "a" if axis == "samples" else "q", gradient_count="samples")
        for name in ("mean", "var", "std")
        for axis in ("samples", "properties")
    },
}


def two_tensors():
    """Tensors with different keys, samples, properties and gradients, and some common ones."""
    return random_tensor(0), mts.remove_gradients(random_tensor(5, n_blocks=4), "positions")
