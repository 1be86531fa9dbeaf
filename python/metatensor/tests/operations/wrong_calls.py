"""Wrong calls of operations: the class of the error, and what its message must contain.

The same tables are used in both flavours. Calls get the module ``m`` of a flavour and ``x``, which
has the maps of ``wrong_inputs.py`` as attributes, and makes labels and arrays of this flavour.
"""

from typing import Any, Callable, List, NamedTuple

from wrong_inputs import FIRST_KEY, KEY


class Case(NamedTuple):
    """A wrong call of an operation, whose name must be in the message."""

    operation: str
    call: Callable[[Any, Any], Any]
    #: name of the class of the error in the plain flavour. ``labels:`` in front of it is for what
    #: methods of labels raise, which is a RuntimeError in TorchScript
    error: str
    #: what else is in the message
    texts: List[str]


NO_GRADIENTS = ["different gradients", "['g'] and []"]
KEY_NAMES = ["keys", "['center', 'neighbor'] and ['center', 'other']"]
SAMPLES = ["samples", "entry 1 is (s=0, a=1) and (s=5, a=1)"]
SAMPLE_NAMES = ["samples", "['s', 'a'] and ['s', 'b']"]
COMPONENTS = ["components", "entry 1 is (m=1) and (m=8)"]
COMPONENT_NAMES = ["components", "['m'] and ['k']"]
PROPERTIES = ["properties", "entry 1 is (n=4) and (n=9)"]
ROW_NAMES = ["'g'", "samples", "['sample', 'atom'] and ['sample', 'pair']"]
EXTRA = ["'g'", "components", "['xyz'] and ['abc']"]

#: Maps with other labels: along which axis, and what is said about it
DIFFERENCES = {
    "other_samples": ("samples", [*SAMPLES, KEY]),
    "fewer_samples": (
        "samples",
        ["samples", "3 and 2 entries", "(s=3, a=1) is only in the first", KEY],
    ),
    "other_sample_names": ("samples", [*SAMPLE_NAMES, FIRST_KEY]),
    "other_components": ("components", [*COMPONENTS, KEY]),
    "other_component_names": ("components", [*COMPONENT_NAMES, FIRST_KEY]),
    "no_components": ("components", ["number of components", "1 and 0", FIRST_KEY]),
    "other_properties": ("properties", [*PROPERTIES, KEY]),
    "fewer_properties": (
        "properties",
        ["properties", "2 and 1 entries", "(n=4) is only in the first", KEY],
    ),
    "other_property_names": ("properties", ["properties", "['n'] and ['q']", FIRST_KEY]),
    "no_gradients": ("gradients", [*NO_GRADIENTS, FIRST_KEY]),
    "other_gradient_samples": (
        "gradient samples",
        ["'g'", "samples", "entry 1 is (sample=2, atom=6) and (sample=2, atom=7)", KEY],
    ),
    "other_gradient_names": ("gradient samples", [*ROW_NAMES, FIRST_KEY]),
    "other_gradient_components": ("gradient components", [*EXTRA, FIRST_KEY]),
}
AXES = [
    "samples",
    "components",
    "properties",
    "gradients",
    "gradient samples",
    "gradient components",
]
OTHER_KEYS = {
    "other_key_names": KEY_NAMES,
    "fewer_keys": ["different number of blocks: 2 and 1", KEY, "is only in the first"],
    "other_keys": ["keys", KEY, "is only in the first"],
}


def keys_differ(operation, call, first="t"):
    """Cases of an operation on two maps, which gets those after the module."""
    return [
        Case(
            operation,
            lambda m, x, name=name: call(m, getattr(x, first), getattr(x, name)),
            "NotEqualError",
            texts,
        )
        for name, texts in OTHER_KEYS.items()
    ]


def differences(axes, same_shape):
    """Names of the maps which differ along these axes, and what is said about it."""
    return {
        name: texts
        for name, (axis, texts) in DIFFERENCES.items()
        if axis in axes and not (same_shape and name.startswith(("fewer", "no_")))
    }


def labels_differ(operation, call, axes=AXES, same_shape=False):
    """Cases of an operation on two maps which must have the same labels along these axes."""
    return [
        Case(
            operation,
            lambda m, x, name=name: call(m, x.t, getattr(x, name)),
            "NotEqualError",
            texts,
        )
        for name, texts in differences(axes, same_shape).items()
    ]


def blocks_differ(operation, call, axes=AXES, same_shape=False):
    """The same for an operation on two blocks, which have no key."""
    return [
        Case(
            operation,
            lambda m, x, name=name: call(m, x.t.block(1), getattr(x, name).block(1)),
            "NotEqualError",
            texts[:-1],
        )
        for name, texts in differences(axes, same_shape).items()
    ]


def arithmetic(name):
    """Cases of an operation on two maps, or a map and a number."""

    def two(m, a, b):
        return getattr(m, name)(a, b)

    def sparse(m, a, b):
        return getattr(m, name)(a, b, missing="drop")

    return [
        *keys_differ(name, two),
        *labels_differ(name, two),
        Case(name, lambda m, x: two(m, 3, x.t), "TypeError", ["A"]),
        Case(name, lambda m, x: two(m, x.t, "a"), "TypeError", ["B"]),
        Case(name, lambda m, x: two(m, x.t, x.t.block(0)), "TypeError", ["B"]),
        Case(
            name,
            lambda m, x: getattr(m, name)(x.t, x.t, missing="no"),
            "ValueError",
            ["`missing`", "'no'", "'drop'"],
        ),
        Case(name, lambda m, x: sparse(m, x.t, x.other_key_names), "NotEqualError", KEY_NAMES),
        Case(
            name, lambda m, x: sparse(m, x.t, x.other_sample_names), "NotEqualError", SAMPLE_NAMES
        ),
        Case(
            name,
            lambda m, x: sparse(m, x.t, x.other_components),
            "NotEqualError",
            [*COMPONENTS, KEY],
        ),
        Case(
            name,
            lambda m, x: sparse(m, x.t, x.other_gradient_components),
            "NotEqualError",
            [*EXTRA, FIRST_KEY],
        ),
        Case(name, lambda m, x: sparse(m, x.t, x.other_gradient_names), "NotEqualError", ROW_NAMES),
    ]


ARITHMETIC = [
    *arithmetic("add"),
    *arithmetic("subtract"),
    *arithmetic("multiply"),
    *arithmetic("divide"),
    Case("pow", lambda m, x: m.pow(3, 2), "TypeError", ["A"]),
    Case("pow", lambda m, x: m.pow(x.t, x.t), "TypeError", ["B"]),
    Case("abs", lambda m, x: m.abs(3), "TypeError", ["A"]),
]

LINEAR_ALGEBRA = [
    *keys_differ("dot", lambda m, a, b: m.dot(a, b), "matrix"),
    Case("dot", lambda m, x: m.dot(x.t, 3), "TypeError", ["tensor_2"]),
    Case(
        "dot",
        lambda m, x: m.dot(x.matrix, x.matrix_other_properties),
        "ValueError",
        [*PROPERTIES, KEY],
    ),
    Case("dot", lambda m, x: m.dot(x.t, x.t), "ValueError", ["components", "['m']", FIRST_KEY]),
    Case(
        "dot",
        lambda m, x: m.dot(x.t, x.no_components),
        "ValueError",
        ["gradients", "['g']", FIRST_KEY],
    ),
    *keys_differ("lstsq", lambda m, a, b: m.lstsq(a, b, rcond=1e-10)),
    *labels_differ(
        "lstsq",
        lambda m, a, b: m.lstsq(a, b, rcond=1e-10),
        [axis for axis in AXES if axis != "properties"],
    ),
    Case("lstsq", lambda m, x: m.lstsq(x.t, 3, rcond=0.1), "TypeError", ["Y"]),
    *keys_differ("solve", lambda m, a, b: m.solve(a, b), "square"),
    Case("solve", lambda m, x: m.solve(3, x.t), "TypeError", ["X"]),
    Case(
        "solve",
        lambda m, x: m.solve(x.matrix, x.matrix),
        "ValueError",
        ["`X`", "square", "[3, 2]", FIRST_KEY],
    ),
    Case(
        "solve",
        lambda m, x: m.solve(x.square, x.matrix),
        "ValueError",
        ["samples", "2 and 3 entries", "(s=3, a=1) is only in the second", FIRST_KEY],
    ),
    Case(
        "solve",
        lambda m, x: m.solve(x.square, m.slice(x.t, "samples", x.square.block(0).samples)),
        "ValueError",
        ["components", "0 and 1", FIRST_KEY],
    ),
    Case(
        "solve",
        lambda m, x: m.solve(x.square_with_gradients, x.square_with_gradients),
        "ValueError",
        ["gradients", FIRST_KEY],
    ),
    Case(
        "solve",
        lambda m, x: m.solve(x.square_with_gradients, x.square),
        "NotEqualError",
        [*NO_GRADIENTS, FIRST_KEY],
    ),
    Case("einsum", lambda m, x: m.einsum("s p", x.t, x.t), "ValueError", ["'s p'"]),
    Case(
        "einsum",
        lambda m, x: m.einsum("s c p, s c p -> s c p", x.t, x.other_key_names),
        "NotEqualError",
        KEY_NAMES,
    ),
    Case(
        "einsum",
        lambda m, x: m.einsum("s c p, s c p -> s c p", x.t, x.other_keys),
        "NotEqualError",
        ["keys", KEY],
    ),
    Case(
        "einsum",
        lambda m, x: m.einsum("s c p, s c p -> s c p", x.t, x.other_samples),
        "NotEqualError",
        ["'s'", "(s=0, a=1)", KEY],
    ),
    Case(
        "einsum",
        lambda m, x: m.einsum("s c p, s c p -> s c p", x.t, x.other_gradient_components),
        "NotEqualError",
        ["'g'", "components", FIRST_KEY],
    ),
]

#: Where values differ, for operations which compare these before anything else
NUMBERS = {
    "other_values": ["values", "5.5 and 99.25", "(s=0, a=1)", "(m=-1)", "(n=4)"],
    "other_gradient_values": [
        "'g'",
        "values",
        "13.5 and 99.25",
        "(sample=2, atom=6)",
        "(xyz=1)",
        "(m=-1)",
        "(n=4)",
    ],
    "fewer_properties": ["values", "shapes", "[3, 2, 2] and [3, 2, 1]"],
}


def compares_numbers(name):
    """Cases of a function comparing two maps, and of the one comparing blocks."""
    of_maps, of_blocks = f"{name}_raise", f"{name}_block_raise"

    def maps(m, a, b):
        return getattr(m, of_maps)(a, b)

    def blocks(m, a, b):
        return getattr(m, of_blocks)(a, b)

    # arrays with other shapes come first
    same_shapes = [axis for axis in AXES if axis != "gradients"]
    cases = [
        *keys_differ(of_maps, maps),
        *labels_differ(of_maps, maps, ["gradients"]),
        *labels_differ(of_maps, maps, same_shapes, same_shape=True),
        *blocks_differ(of_blocks, blocks, ["gradients"]),
        *blocks_differ(of_blocks, blocks, same_shapes, same_shape=True),
    ]
    for other, texts in NUMBERS.items():
        cases += [
            Case(
                of_maps,
                lambda m, x, other=other: maps(m, x.t, getattr(x, other)),
                "NotEqualError",
                [*texts, KEY],
            ),
            Case(
                of_blocks,
                lambda m, x, other=other: blocks(m, x.t.block(1), getattr(x, other).block(1)),
                "NotEqualError",
                texts,
            ),
        ]
    return cases


def compares_labels(name):
    """The same for functions which never look at values."""
    of_maps, of_blocks = f"{name}_raise", f"{name}_block_raise"
    return [
        *keys_differ(of_maps, lambda m, a, b: getattr(m, of_maps)(a, b)),
        *labels_differ(of_maps, lambda m, a, b: getattr(m, of_maps)(a, b)),
        *blocks_differ(of_blocks, lambda m, a, b: getattr(m, of_blocks)(a, b)),
    ]


LOGIC = [
    *compares_numbers("equal"),
    *compares_numbers("allclose"),
    *compares_labels("equal_metadata"),
    Case("equal", lambda m, x: m.equal(x.t, 3), "TypeError", ["tensor_2"]),
    Case("allclose", lambda m, x: m.allclose(x.t, 3), "TypeError", ["tensor_2"]),
    Case(
        "equal",
        lambda m, x: m.equal(x.t, x.t, ignore_order=["no"]),
        "ValueError",
        ["`ignore_order`", "'no'"],
    ),
    Case(
        "equal_metadata",
        lambda m, x: m.equal_metadata(x.t, x.t, check=["samples", "no"]),
        "ValueError",
        ["`check`", "'no'"],
    ),
    Case(
        "equal_metadata_block_raise",
        lambda m, x: m.equal_metadata_block_raise(x.t.block(0), x.t.block(0), check="no"),
        "ValueError",
        ["`check`", "'no'"],
    ),
]
