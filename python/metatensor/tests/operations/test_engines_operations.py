"""All operations on arrays of every engine: the same results as with numpy."""

import inspect
import warnings

import metatensor as mts
import numpy as np
import pytest
from engine_cases import (
    check_block,
    check_labels,
    check_map,
    convert,
    every_data_engine,
    needs_own_labels,
)
from helpers import random_tensor
from metatensor import Labels, TensorBlock, TensorMap

own = pytest.mark.parametrize("own", [False, True], ids=["host-labels", "own-labels"])
RTOL = 1e-12


def square(seed):
    """Map with as many samples as properties, and no components."""
    rng = np.random.default_rng(seed)
    blocks = []
    for n in (3, 4):
        values = rng.normal(size=(n, n)) + 3 * np.eye(n)
        block = TensorBlock(values, Labels.range("s", n), [], Labels.range("p", n))
        gradient = TensorBlock(
            rng.normal(size=(n, n)), Labels.range("sample", n), [], block.properties
        )
        block.add_gradient("g", gradient)
        blocks.append(block)
    return TensorMap(Labels.range("k", 2), blocks)


def plain(tensor):
    return mts.remove_gradients(tensor)


def select(names, rows):
    return Labels(names, np.array(rows))


SAMPLES = select(["s"], [[1], [3]])
PROPERTIES = select(["n"], [[0], [7]])


def part_of(m, tensor):
    """Some of the blocks, samples and properties."""
    return m.slice(
        m.slice(m.filter_blocks(tensor, select(["k"], [[0]])), "samples", [3, 0]), "properties", [1]
    )


#: Operations taking maps (``t``, ``u``: general ones, ``x``, ``y``: with square blocks) and
#: giving a map
MAPS = {
    "add": [
        lambda m, t, u, x, y: m.add(t, u),
        lambda m, t, u, x, y: m.add(t, 3),
        lambda m, t, u, x, y: m.add(t, part_of(m, u), missing="zero"),
        lambda m, t, u, x, y: m.add(t, part_of(m, u), missing="drop"),
    ],
    "subtract": [lambda m, t, u, x, y: m.subtract(t, u), lambda m, t, u, x, y: m.subtract(t, 3)],
    "multiply": [lambda m, t, u, x, y: m.multiply(t, u), lambda m, t, u, x, y: m.multiply(t, 3)],
    "divide": [lambda m, t, u, x, y: m.divide(t, u), lambda m, t, u, x, y: m.divide(t, 3)],
    "densify": [
        lambda m, t, u, x, y: m.densify(t),
        lambda m, t, u, x, y: m.densify(t, fill_value=2),
    ],
    "components_to_samples": [lambda m, t, u, x, y: m.components_to_samples(t, "m")],
    "samples_to_components": [lambda m, t, u, x, y: m.samples_to_components(t, "a")],
    "properties_to_components": [lambda m, t, u, x, y: m.properties_to_components(t, "n", 2.5)],
    "move_dimensions": [lambda m, t, u, x, y: m.move_dimensions(t, "a", "samples", "properties")],
    "transpose_components": [
        lambda m, t, u, x, y: m.transpose_components(m.properties_to_components(t, "n"), [1, 0])
    ],
    "einsum": [
        lambda m, t, u, x, y: m.einsum("s c p, s c p -> s c p", t, u),
        lambda m, t, u, x, y: m.einsum("s p, q p -> s q", x, m.remove_gradients(y)),
    ],
    "sparsify": [lambda m, t, u, x, y: m.sparsify(m.densify(t))],
    "pow": [
        lambda m, t, u, x, y: m.pow(t, 3),
        lambda m, t, u, x, y: m.pow(t, 0.5),
        lambda m, t, u, x, y: m.pow(t, -2),
    ],
    "abs": [lambda m, t, u, x, y: m.abs(x)],
    "dot": [lambda m, t, u, x, y: m.dot(x, m.remove_gradients(y))],
    "lstsq": [lambda m, t, u, x, y: m.lstsq(x, y, rcond=1e-13)],
    "solve": [lambda m, t, u, x, y: m.solve(m.remove_gradients(x), m.remove_gradients(y))],
    "join": [
        lambda m, t, u, x, y: m.join([t, u], "keys", add_dimension="w"),
        lambda m, t, u, x, y: m.join([t, u], "samples", add_dimension="w"),
        lambda m, t, u, x, y: m.join([t, u], "properties", add_dimension="w"),
        lambda m, t, u, x, y: m.join(
            [t, m.filter_blocks(u, select(["k"], [[0]]))],
            "properties",
            different_keys="union",
            add_dimension="w",
        ),
    ],
    "slice": [
        lambda m, t, u, x, y: m.slice(t, "samples", SAMPLES),
        lambda m, t, u, x, y: m.slice(t, "properties", PROPERTIES),
        lambda m, t, u, x, y: m.slice(t, "samples", [3, 0]),
        lambda m, t, u, x, y: m.slice(t, "properties", [1]),
    ],
    "split": [
        lambda m, t, u, x, y: m.split(t, "samples", [SAMPLES, SAMPLES])[1],
        lambda m, t, u, x, y: m.split(t, "properties", [PROPERTIES])[0],
    ],
    "sort": [
        lambda m, t, u, x, y: m.sort(t),
        lambda m, t, u, x, y: m.sort(t, "samples", descending=True),
        lambda m, t, u, x, y: m.sort(t, "keys", descending=True),
    ],
    "remove_gradients": [lambda m, t, u, x, y: m.remove_gradients(t, "g")],
    "drop_blocks": [lambda m, t, u, x, y: m.drop_blocks(t, select(["k"], [[0]]))],
    "filter_blocks": [lambda m, t, u, x, y: m.filter_blocks(t, select(["k"], [[0]]), copy=True)],
    "drop_empty_blocks": [lambda m, t, u, x, y: m.drop_empty_blocks(t)],
    "zeros_like": [lambda m, t, u, x, y: m.zeros_like(t, gradients="g")],
    "ones_like": [lambda m, t, u, x, y: m.ones_like(t)],
    "detach": [lambda m, t, u, x, y: m.detach(t)],
    "make_contiguous": [lambda m, t, u, x, y: m.make_contiguous(t)],
    "append_dimension": [
        lambda m, t, u, x, y: m.append_dimension(t, "samples", "w", 4),
        lambda m, t, u, x, y: m.append_dimension(t, "keys", "w", np.arange(3)),
    ],
    "insert_dimension": [lambda m, t, u, x, y: m.insert_dimension(t, "properties", 1, "w", 4)],
    "permute_dimensions": [lambda m, t, u, x, y: m.permute_dimensions(t, "samples", [1, 0])],
    "rename_dimension": [lambda m, t, u, x, y: m.rename_dimension(t, "components", "m", "w")],
}
for reduction in ("sum", "mean", "std", "var"):
    for axis, names in (("samples", ("a", ["s", "a"])), ("properties", ("q", ["n", "q"]))):
        name = f"{reduction}_over_{axis}"
        MAPS[name] = [
            lambda m, t, u, x, y, name=name, over=over: getattr(m, name)(t, over) for over in names
        ]
MAPS["remove_dimension"] = [
    lambda m, t, u, x, y: m.remove_dimension(
        m.append_dimension(t, "samples", "w", 4), "samples", "w"
    )
]

#: Operations on blocks, apart from those of the table above with ``_block`` in their name
BLOCKS = {
    "join_blocks": lambda m, t, u: m.join_blocks([t.block(0), u.block(0)], "samples"),
    "slice_block": lambda m, t, u: m.slice_block(t.block(1), "samples", [0, 2]),
    "split_block": lambda m, t, u: m.split_block(t.block(1), "samples", [SAMPLES])[0],
    "sort_block": lambda m, t, u: m.sort_block(t.block(1)),
    "remove_gradients_block": lambda m, t, u: m.remove_gradients_block(t.block(1)),
    "zeros_like_block": lambda m, t, u: m.zeros_like_block(t.block(1)),
    "ones_like_block": lambda m, t, u: m.ones_like_block(t.block(1)),
    "detach_block": lambda m, t, u: m.detach_block(t.block(1)),
    "make_contiguous_block": lambda m, t, u: m.make_contiguous_block(t.block(1)),
    "requires_grad_block": lambda m, t, u: m.requires_grad_block(t.block(1), False),
    **{
        f"{name}_block": lambda m, t, u, name=name: getattr(m, f"{name}_block")(
            t.block(1), "a" if name.endswith("samples") else "q"
        )
        for name in MAPS
        if "_over_" in name
    },
}

#: Operations tested one by one below, or which do not look at values
OTHERS = {
    *("NotEqualError", "checks_enabled", "unsafe_disable_checks", "unsafe_enable_checks"),
    *(
        "equal_metadata",
        "equal_metadata_block",
        "equal_metadata_raise",
        "equal_metadata_block_raise",
    ),
    *("equal", "equal_block", "equal_raise", "equal_block_raise"),
    *("allclose", "allclose_block", "allclose_raise", "allclose_block_raise"),
    *("unique_metadata", "unique_metadata_block", "one_hot", "block_from_array"),
    *("empty_like", "empty_like_block", "random_uniform_like", "random_uniform_like_block"),
    *("is_contiguous", "is_contiguous_block", "requires_grad"),
}


def test_all_operations_are_here():
    assert set(mts.operations.__all__) == {*MAPS, *BLOCKS, *OTHERS}


def convert_all(case, own, *tensors):
    if not own and needs_own_labels(case):
        pytest.skip("labels have to be on the device of the values")
    return [convert(tensor, case, own) for tensor in tensors]


@every_data_engine
@own
@pytest.mark.parametrize("name", MAPS)
def test_maps(case, own, name):
    inputs = (random_tensor(0), random_tensor(0), square(1), square(2))
    inputs = (inputs[0], mts.multiply(inputs[1], 1.5), *inputs[2:])
    converted = convert_all(case, own, *inputs)
    for operation in MAPS[name]:
        expected = operation(mts, *inputs)
        check_map(case, operation(mts, *converted), expected, RTOL)
    for before, after in zip(inputs, converted, strict=True):
        check_map(case, after, before)


@every_data_engine
@own
@pytest.mark.parametrize("name", BLOCKS)
def test_blocks(case, own, name):
    inputs = (random_tensor(0), mts.append_dimension(random_tensor(1), "samples", "z", 1))
    if name == "join_blocks":
        inputs = [plain(mts.append_dimension(random_tensor(0), "samples", "z", i)) for i in (0, 1)]
    converted = convert_all(case, own, *inputs)
    expected = BLOCKS[name](mts, *inputs)
    check_block(case, BLOCKS[name](mts, *converted), expected, RTOL)


@every_data_engine
@pytest.mark.parametrize("name", ["add", "multiply", "sum_over_samples", "slice", "sort", "join"])
@pytest.mark.parametrize("dtype", ["float32", "int32", "int64", "complex128"])
def test_dtypes(case, name, dtype):
    inputs = (random_tensor(0, dtype=dtype), random_tensor(0, dtype=dtype))
    converted = convert_all(case, needs_own_labels(case), *inputs)
    for operation in MAPS[name]:
        expected = operation(mts, *inputs, None, None)
        result = operation(mts, *converted, None, None)
        if case.library == "torch" and result.dtype != converted[0].dtype:
            # integers become the default floating point numbers of the library
            expected = expected.to(dtype=case.dtype_name(result.block(0).values))
        check_map(case, result, expected, 1e-6 if dtype == "float32" else RTOL)


@every_data_engine
@own
@pytest.mark.parametrize("empty", ["samples", "properties", "gradients"])
def test_empty_blocks(case, own, empty):
    expected = random_tensor(0, empty=(empty,))
    (tensor,) = convert_all(case, own, expected)
    operations = [
        lambda t: mts.add(t, t),
        lambda t: mts.multiply(t, t),
        lambda t: mts.sum_over_samples(t, "a"),
        lambda t: mts.slice(t, "samples", SAMPLES),
        mts.sort,
        mts.drop_empty_blocks,
        mts.ones_like,
    ]
    for operation in operations:
        check_map(case, operation(tensor), operation(expected), RTOL)


@every_data_engine
@own
def test_comparisons(case, own):
    expected, other = random_tensor(0), mts.add(random_tensor(0), 1e-9)
    tensor, close = convert_all(case, own, expected, other)
    for suffix in ("", "_block"):
        a, b = (tensor, close) if suffix == "" else (tensor.block(1), close.block(1))
        assert getattr(mts, f"equal{suffix}")(a, a.copy())
        assert not getattr(mts, f"equal{suffix}")(a, b)
        assert getattr(mts, f"equal_metadata{suffix}")(a, b)
        assert getattr(mts, f"allclose{suffix}")(a, b, atol=1e-6)
        assert not getattr(mts, f"allclose{suffix}")(a, b, rtol=1e-14, atol=1e-14)
        getattr(mts, f"allclose{suffix}_raise")(a, b, atol=1e-6)
        getattr(mts, f"equal_metadata{suffix}_raise")(a, b)
        with pytest.raises(mts.NotEqualError):
            getattr(mts, f"equal{suffix}_raise")(a, b)
        with pytest.raises(mts.NotEqualError):
            getattr(mts, f"allclose{suffix}_raise")(a, b, rtol=1e-14, atol=1e-14)
    assert tensor == tensor.copy()
    assert tensor != close
    if not own and case.library != "numpy":
        with pytest.raises(TypeError):
            mts.add(tensor, expected)


@every_data_engine
@own
def test_metadata(case, own):
    expected = random_tensor(0)
    (tensor,) = convert_all(case, own, expected)
    engine = case if own else None
    for args in (("samples", "s"), ("properties", ["n"]), ("samples", "sample", "g")):
        found = mts.unique_metadata(tensor, *args)
        check_labels(found, mts.unique_metadata(expected, *args), engine)
        found = mts.unique_metadata_block(tensor.block(1), *args)
        check_labels(found, mts.unique_metadata_block(expected.block(1), *args), engine)
    dimension = mts.unique_metadata(expected, "samples", "s")
    encoded = mts.one_hot(tensor.block(1).samples, dimension)
    wanted = mts.one_hot(expected.block(1).samples, dimension)
    if own:
        case.check(encoded, wanted)
    else:
        np.testing.assert_array_equal(encoded, wanted)


@every_data_engine
def test_block_from_array(case):
    values = np.arange(24.0).reshape(2, 3, 4)
    expected = mts.block_from_array(values, ["i"])
    check_block(case, mts.block_from_array(case.array(values), ["i"]), expected)


@every_data_engine
def test_random(case):
    (tensor,) = convert_all(case, needs_own_labels(case), random_tensor(0))
    for like in (mts.random_uniform_like(tensor), mts.empty_like(tensor)):
        assert mts.equal_metadata(like, tensor)
        assert like.dtype == tensor.dtype
        assert case.is_array(like.block(1).values)
    numbers = case.host(mts.random_uniform_like_block(tensor.block(1)).values)
    assert numbers.min() >= 0 and numbers.max() < 1 and len(set(numbers.ravel())) > 10
    assert mts.equal_metadata_block(mts.empty_like_block(tensor.block(1)), tensor.block(1))


@every_data_engine
def test_requires_grad(case):
    (tensor,) = convert_all(case, needs_own_labels(case), random_tensor(0))
    assert mts.is_contiguous(tensor)
    assert mts.is_contiguous_block(tensor.block(0))
    if case.library == "torch":
        assert mts.requires_grad(tensor).block(0).values.requires_grad
    else:
        with pytest.warns(UserWarning, match="no effect"):
            mts.requires_grad(tensor)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert mts.requires_grad(tensor, False) == tensor


def test_other_objects():
    class Other:
        shape = (1, 1)
        ndim = 2

    assert "array" in inspect.getdoc(mts.block_from_array)
    with pytest.raises(TypeError, match="supported"):
        mts.block_from_array(Other())
