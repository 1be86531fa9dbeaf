"""More wrong calls, see ``wrong_calls.py``: operations on the dimensions of labels."""

from wrong_calls import Case
from wrong_inputs import FIRST_KEY


def axis_cases():
    """All five operations with an axis which does not exist."""
    calls = {
        "append_dimension": lambda m, x: m.append_dimension(x.t, "no", "new", 3),
        "insert_dimension": lambda m, x: m.insert_dimension(x.t, "no", 0, "new", 3),
        "permute_dimensions": lambda m, x: m.permute_dimensions(x.t, "no", [0]),
        "remove_dimension": lambda m, x: m.remove_dimension(x.t, "no", "s"),
        "rename_dimension": lambda m, x: m.rename_dimension(x.t, "no", "s", "new"),
    }
    texts = ["axis", "'no'", "'properties'"]
    return [Case(name, call, "ValueError", texts) for name, call in calls.items()]


DIMENSIONS = [
    *axis_cases(),
    Case(
        "append_dimension",
        lambda m, x: m.append_dimension(3, "keys", "a", 3),
        "TypeError",
        ["tensor"],
    ),
    Case(
        "append_dimension",
        lambda m, x: m.append_dimension(x.t, "components", "new", 3),
        "ValueError",
        ["components"],
    ),
    Case(
        "append_dimension",
        lambda m, x: m.append_dimension(x.t, "samples", "a", 3),
        "MetatensorError",
        ["samples", "'a'", "['s', 'a']"],
    ),
    Case(
        "insert_dimension",
        lambda m, x: m.insert_dimension(x.t, "keys", 0, "center", x.array([1, 2])),
        "MetatensorError",
        ["keys", "'center'", "['center', 'neighbor']"],
    ),
    Case(
        "append_dimension",
        lambda m, x: m.append_dimension(x.t, "samples", "not valid", 3),
        "MetatensorError",
        ["samples", "'not valid'"],
    ),
    Case(
        "append_dimension",
        lambda m, x: m.append_dimension(x.t, "samples", "new", x.array([1, 2])),
        "labels: ValueError",
        ["samples", "2", "3", FIRST_KEY],
    ),
    Case(
        "append_dimension",
        lambda m, x: m.append_dimension(x.t, "keys", "new", x.array([1, 2, 3])),
        "labels: ValueError",
        ["keys", "3", "2"],
    ),
    Case(
        "append_dimension",
        lambda m, x: m.append_dimension(x.t, "samples", "new", x.array([0.5])),
        "ValueError",
        ["`values`", "integers"],
    ),
    Case(
        "append_dimension",
        lambda m, x: m.append_dimension(x.t, "samples", "new", x.array([[1]])),
        "ValueError",
        ["`values`", "1-dimensional", "2"],
    ),
    Case(
        "append_dimension",
        lambda m, x: m.append_dimension(x.t, "samples", "new", 2**40),
        "ValueError",
        ["32-bit"],
    ),
    Case(
        "insert_dimension",
        lambda m, x: m.insert_dimension(x.t, "samples", 42, "new", 3),
        "IndexError",
        ["samples", "42", "['s', 'a']"],
    ),
    Case(
        "insert_dimension",
        lambda m, x: m.insert_dimension(x.t, "properties", -2, "new", x.array([1, 2])),
        "IndexError",
        ["properties", "-2", "['n']"],
    ),
    Case(
        "permute_dimensions",
        lambda m, x: m.permute_dimensions(x.t, "samples", [0]),
        "labels: ValueError",
        ["samples", "[0]", "['s', 'a']"],
    ),
    Case(
        "permute_dimensions",
        lambda m, x: m.permute_dimensions(x.t, "samples", [0, 0]),
        "MetatensorError",
        ["samples", "[0, 0]", "['s', 'a']"],
    ),
    Case(
        "permute_dimensions",
        lambda m, x: m.permute_dimensions(x.t, "keys", [0, 2]),
        "IndexError",
        ["keys", "2", "['center', 'neighbor']"],
    ),
    Case(
        "remove_dimension",
        lambda m, x: m.remove_dimension(x.t, "keys", "no"),
        "labels: ValueError",
        ["keys", "'no'", "['center', 'neighbor']"],
    ),
    Case(
        "remove_dimension",
        lambda m, x: m.remove_dimension(x.t, "samples", "no"),
        "labels: ValueError",
        ["samples", "'no'", "['s', 'a']"],
    ),
    Case(
        "remove_dimension",
        lambda m, x: m.remove_dimension(x.t, "samples", "a"),
        "MetatensorError",
        ["samples", "(s=0)", FIRST_KEY],
    ),
    Case(
        "rename_dimension",
        lambda m, x: m.rename_dimension(x.t, "samples", "no", "new"),
        "labels: ValueError",
        ["samples", "'no'", "['s', 'a']"],
    ),
    Case(
        "rename_dimension",
        lambda m, x: m.rename_dimension(x.t, "samples", "s", "a"),
        "MetatensorError",
        ["samples", "'a'", "['s', 'a']"],
    ),
    Case(
        "rename_dimension",
        lambda m, x: m.rename_dimension(x.t, "keys", "no", "new"),
        "labels: ValueError",
        ["keys", "'no'", "['center', 'neighbor']"],
    ),
]

MOVES = [
    Case(
        "move_dimensions",
        lambda m, x: m.move_dimensions(x.t, "a", "no", "samples"),
        "ValueError",
        ["axis", "'no'"],
    ),
    Case(
        "move_dimensions",
        lambda m, x: m.move_dimensions(x.t, "no", "samples", "properties"),
        "ValueError",
        ["samples", "'no'", "['s', 'a']"],
    ),
    Case(
        "components_to_samples",
        lambda m, x: m.components_to_samples(x.t, "no"),
        "ValueError",
        ["components", "'no'", "['m']"],
    ),
    Case(
        "samples_to_components",
        lambda m, x: m.samples_to_components(x.t, "no"),
        "ValueError",
        ["samples", "'no'", "['s', 'a']"],
    ),
    Case(
        "samples_to_components",
        lambda m, x: m.samples_to_components(x.t, "a", None),
        "ValueError",
        ["`fill_value`", "(s=3)", "(a=0)", FIRST_KEY],
    ),
    Case(
        "properties_to_components",
        lambda m, x: m.properties_to_components(x.t, "no"),
        "ValueError",
        ["properties", "'no'", "['n']"],
    ),
    Case(
        "transpose_components",
        lambda m, x: m.transpose_components(x.t, [0, 1]),
        "ValueError",
        ["`order`", "[0, 1]", "['m']"],
    ),
    Case(
        "densify",
        lambda m, x: m.densify(x.t, samples="no"),
        "ValueError",
        ["`samples`", "'no'"],
    ),
    Case(
        "densify",
        lambda m, x: m.densify(x.t, samples=x.t.keys),
        "ValueError",
        ["samples", "['center', 'neighbor']", "['s', 'a']"],
    ),
    Case(
        "densify",
        lambda m, x: m.densify(x.t, samples=x.labels(["s", "a"], [[0, 0]])),
        "ValueError",
        ["samples", "(s=0, a=1)", FIRST_KEY],
    ),
]
