"""More wrong calls, see ``wrong_calls.py``: operations on one map, and joining."""

from wrong_calls import (
    ROW_NAMES,
    SAMPLE_NAMES,
    Case,
    blocks_differ,
    keys_differ,
    labels_differ,
)
from wrong_inputs import FIRST_KEY


def join_along(axis):
    """Join two maps along one axis."""
    return lambda m, a, b: m.join([a, b], axis, add_dimension="i")


def join_blocks_along(axis):
    """Join two blocks along one axis."""
    return lambda m, a, b: m.join_blocks([a, b], axis, add_dimension="i")


WITH_SAMPLES = ["components", "properties", "gradients", "gradient components"]
WITH_PROPERTIES = ["samples", "components", "gradients", "gradient components"]
JOIN = [
    *keys_differ("join", join_along("samples")),
    *keys_differ("join", join_along("properties")),
    *labels_differ("join", join_along("samples"), WITH_SAMPLES),
    *labels_differ("join", join_along("properties"), WITH_PROPERTIES),
    *blocks_differ("join_blocks", join_blocks_along("samples"), WITH_SAMPLES),
    *blocks_differ("join_blocks", join_blocks_along("properties"), WITH_PROPERTIES),
    Case(
        "join",
        lambda m, x: m.join([x.t, x.other_sample_names], "samples", add_dimension="i"),
        "ValueError",
        [*SAMPLE_NAMES, FIRST_KEY],
    ),
    Case(
        "join_blocks",
        lambda m, x: m.join_blocks([x.t.block(0), x.other_sample_names.block(0)], "samples"),
        "ValueError",
        SAMPLE_NAMES,
    ),
    Case(
        "join",
        lambda m, x: m.join([x.t, x.other_gradient_names], "samples", add_dimension="i"),
        "NotEqualError",
        [*ROW_NAMES, FIRST_KEY],
    ),
    Case("join", lambda m, x: m.join([], "samples"), "ValueError", ["empty"]),
    Case("join_blocks", lambda m, x: m.join_blocks([], "samples"), "ValueError", ["empty"]),
    Case("join", lambda m, x: m.join([x.t], "no"), "ValueError", ["`axis`", "'no'"]),
    Case(
        "join_blocks",
        lambda m, x: m.join_blocks([x.t.block(0)], "keys"),
        "ValueError",
        ["`axis`", "'keys'"],
    ),
    Case(
        "join",
        lambda m, x: m.join([x.t, x.t], "samples", different_keys="no"),
        "ValueError",
        ["`different_keys`", "'no'"],
    ),
    Case("join", lambda m, x: m.join(x.t, "samples"), "TypeError", ["tensors"]),
    Case("join", lambda m, x: m.join([x.t, 3], "samples"), "TypeError", ["tensors"]),
    Case("join_blocks", lambda m, x: m.join_blocks([x.t, x.t], "samples"), "TypeError", ["blocks"]),
    Case(
        "join",
        lambda m, x: m.join([x.t, x.t], "samples"),
        "MetatensorError",
        ["samples", "(s=0, a=0)", FIRST_KEY],
    ),
    Case(
        "join",
        lambda m, x: m.join([x.t, x.t], "properties"),
        "MetatensorError",
        ["properties", "(n=0)", FIRST_KEY],
    ),
    Case(
        "join",
        lambda m, x: m.join([x.t, x.other_property_names], "properties", add_dimension="i"),
        "ValueError",
        ["`add_dimension`", "properties", "['n'] and ['q']", FIRST_KEY],
    ),
    Case(
        "join",
        lambda m, x: m.join([x.t, x.fewer_keys], "keys"),
        "ValueError",
        ["key", FIRST_KEY],
    ),
    Case(
        "join",
        lambda m, x: m.join([x.t, x.no_gradients], "keys", add_dimension="i"),
        "NotEqualError",
        ["gradients", "['g'] and []"],
    ),
    Case(
        "join",
        lambda m, x: m.join([x.t, x.t], "keys", add_dimension="center"),
        "ValueError",
        ["'center'", "keys"],
    ),
]

SELECT = [
    Case("slice", lambda m, x: m.slice(3, "samples", x.t.keys), "TypeError", ["tensor"]),
    Case("slice", lambda m, x: m.slice(x.t, "no", x.t.keys), "ValueError", ["axis", "'no'"]),
    Case(
        "slice",
        lambda m, x: m.slice(x.t, "samples", x.t.keys),
        "ValueError",
        ["samples", "'center'", "['s', 'a']"],
    ),
    Case(
        "slice",
        lambda m, x: m.slice(x.t, "properties", x.t.keys),
        "ValueError",
        ["properties", "'center'", "['n']"],
    ),
    Case(
        "slice_block",
        lambda m, x: m.slice_block(x.t.block(0), "no", [0]),
        "ValueError",
        ["axis", "'no'"],
    ),
    Case(
        "slice_block",
        lambda m, x: m.slice_block(x.t.block(0), "samples", x.t.keys),
        "ValueError",
        ["samples", "'center'"],
    ),
    Case(
        "slice_block",
        lambda m, x: m.slice_block(x.t.block(0), "samples", [1, 3]),
        "IndexError",
        ["samples", "3"],
    ),
    Case(
        "slice_block",
        lambda m, x: m.slice_block(x.t.block(0), "properties", x.array([-3])),
        "IndexError",
        ["properties", "-3", "2"],
    ),
    Case(
        "slice_block",
        lambda m, x: m.slice_block(x.t.block(0), "samples", x.array([[1]])),
        "ValueError",
        ["1-dimensional"],
    ),
    Case(
        "slice_block",
        lambda m, x: m.slice_block(x.t.block(0), "samples", x.array([0.5])),
        "TypeError",
        ["integers"],
    ),
    Case(
        "slice_block",
        lambda m, x: m.slice_block(x.t.block(0), "samples", [1, 1]),
        "MetatensorError",
        ["samples", "(s=0, a=1)"],
    ),
    Case("split", lambda m, x: m.split(x.t, "no", []), "ValueError", ["axis", "'no'"]),
    Case(
        "split",
        lambda m, x: m.split(x.t, "samples", [x.t.keys]),
        "ValueError",
        ["samples", "'center'"],
    ),
    Case(
        "split_block",
        lambda m, x: m.split_block(x.t.block(0), "samples", [[0], [4]]),
        "IndexError",
        ["samples", "4"],
    ),
    Case("drop_blocks", lambda m, x: m.drop_blocks(x.t, 3), "TypeError", ["keys"]),
    Case(
        "drop_blocks",
        lambda m, x: m.drop_blocks(x.t, x.labels(["no"], [[0]])),
        "MetatensorError",
        ["keys", "'no'", "center"],
    ),
    Case("filter_blocks", lambda m, x: m.filter_blocks(3, x.t.keys), "TypeError", ["tensor"]),
    Case(
        "filter_blocks",
        lambda m, x: m.filter_blocks(x.t, x.labels(["no"], [[0]])),
        "MetatensorError",
        ["keys", "'no'", "center"],
    ),
    Case("drop_empty_blocks", lambda m, x: m.drop_empty_blocks(x.t, "no"), "TypeError", ["copy"]),
    Case("sort", lambda m, x: m.sort(x.t, "no"), "ValueError", ["axis", "'no'"]),
    Case("sort", lambda m, x: m.sort(x.t, ["samples", "no"]), "ValueError", ["axis", "'no'"]),
    Case("sort", lambda m, x: m.sort(x.t, 3), "TypeError", ["axes"]),
    Case("sort_block", lambda m, x: m.sort_block(x.t.block(0), "keys"), "ValueError", ["'keys'"]),
    Case(
        "unique_metadata",
        lambda m, x: m.unique_metadata(x.t, "no", "s"),
        "ValueError",
        ["axis", "'no'"],
    ),
    Case(
        "unique_metadata",
        lambda m, x: m.unique_metadata(x.t, "samples", ["s", "no"]),
        "ValueError",
        ["samples", "'no'", "['s', 'a']"],
    ),
    Case(
        "unique_metadata",
        lambda m, x: m.unique_metadata(x.t, "samples", "no", "g"),
        "ValueError",
        ["samples", "'g'", "'no'", "['sample', 'atom']"],
    ),
    Case(
        "unique_metadata",
        lambda m, x: m.unique_metadata(x.t, "samples", "sample", "no"),
        "MetatensorError",
        ["'no'", "['g']", FIRST_KEY],
    ),
    Case(
        "unique_metadata_block",
        lambda m, x: m.unique_metadata_block(x.t.block(0), "properties", "no"),
        "ValueError",
        ["properties", "'no'"],
    ),
    Case(
        "unique_metadata_block",
        lambda m, x: m.unique_metadata_block(x.t.block(0), "samples", "sample", "no"),
        "MetatensorError",
        ["'no'", "['g']"],
    ),
    Case("unique_metadata", lambda m, x: m.unique_metadata(x.t, 3, "s"), "TypeError", ["axis"]),
]


def reductions(axis, name):
    """Cases of the reductions over one axis."""
    cases = []
    for kind in ("sum", "mean", "var", "std"):
        operation = f"{kind}_over_{axis}"
        cases += [
            Case(
                operation,
                lambda m, x, f=operation: getattr(m, f)(x.t, [name, "no"]),
                "ValueError",
                [axis, "'no'", f"'{name}'"],
            ),
            Case(
                f"{operation}_block",
                lambda m, x, f=f"{operation}_block": getattr(m, f)(x.t.block(0), "no"),
                "ValueError",
                [axis, "'no'", f"'{name}'"],
            ),
            Case(
                operation, lambda m, x, f=operation: getattr(m, f)(3, name), "TypeError", ["tensor"]
            ),
        ]
        if kind != "sum":
            cases.append(
                Case(
                    operation,
                    lambda m, x, f=operation: getattr(m, f)(x.t, name, gradient_count="no"),
                    "ValueError",
                    ["`gradient_count`", "'no'"],
                )
            )
    return cases


REDUCE = [*reductions("samples", "s"), *reductions("properties", "n")]


def likes(name):
    """Cases of the functions making maps from others."""
    return [
        Case(name, lambda m, x: getattr(m, name)(3), "TypeError", ["tensor"]),
        Case(
            name,
            lambda m, x: getattr(m, name)(x.t, gradients=["g", "no"]),
            "ValueError",
            ["'no'", "['g']", FIRST_KEY],
        ),
        Case(
            f"{name}_block",
            lambda m, x: getattr(m, f"{name}_block")(x.t.block(0), gradients="no"),
            "ValueError",
            ["'no'", "['g']"],
        ),
    ]


CREATE = [
    *likes("zeros_like"),
    *likes("ones_like"),
    *likes("empty_like"),
    *likes("random_uniform_like"),
    Case(
        "block_from_array",
        lambda m, x: m.block_from_array(x.array([1.5])),
        "ValueError",
        ["shape [1]", "dimensions"],
    ),
    Case(
        "block_from_array",
        lambda m, x: m.block_from_array(x.array([[1.5]]), component_names=["no"]),
        "ValueError",
        ["shape [1, 1]", "1 component names"],
    ),
    Case(
        "one_hot",
        lambda m, x: m.one_hot(x.t.keys, x.t.keys),
        "ValueError",
        ["`dimension`", "['center', 'neighbor']"],
    ),
    Case(
        "one_hot",
        lambda m, x: m.one_hot(x.t.keys, x.labels(["no"], [[0]])),
        "ValueError",
        ["'no'", "['center', 'neighbor']"],
    ),
    Case(
        "one_hot",
        lambda m, x: m.one_hot(x.t.keys, x.labels(["center"], [[0]])),
        "ValueError",
        ["value 1 of 'center'"],
    ),
    *[
        Case(name, lambda m, x, name=name: getattr(m, name)(3), "TypeError", ["tensor"])
        for name in (
            "detach",
            "requires_grad",
            "make_contiguous",
            "is_contiguous",
            "remove_gradients",
            "sparsify",
            "densify",
        )
    ],
    *[
        Case(name, lambda m, x, name=name: getattr(m, name)(3), "TypeError", ["block"])
        for name in (
            "detach_block",
            "requires_grad_block",
            "make_contiguous_block",
            "is_contiguous_block",
            "remove_gradients_block",
        )
    ],
]
