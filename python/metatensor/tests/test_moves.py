import numpy as np
import pytest
from builders import assert_same_block, host, labels, small_map
from metatensor import Labels, MetatensorError, TensorBlock, TensorMap
from metatensor._arrays import _deferred
from move_examples import block, example_1, example_4


@pytest.fixture(autouse=True, params=["small", "large"])
def size(request, monkeypatch):
    """Large arrays are not put together in the same way."""
    if request.param == "large":
        monkeypatch.setattr(_deferred, "LARGE", 0)


def rows(labels):
    return host(labels.values).tolist()


def check(tensor, index, samples, properties, values):
    block = tensor.block(index)
    assert rows(block.samples) == samples
    assert rows(block.properties) == properties
    np.testing.assert_array_equal(host(block.values), values)


# ------------------------------------------------------------------ keys to properties
def test_keys_to_properties(engine):
    tensor = example_1(engine).keys_to_properties("k1", fill_value=-1)
    assert tensor.keys == labels("k2", [[0], [1]])
    assert tensor.sample_names == ["s"]
    assert tensor.property_names == ["k1", "n"]
    values = [[1, 2, -1, -1], [-1, -1, 5, 6], [3, 4, 7, 8]]
    check(tensor, 0, [[0], [1], [2]], [[0, 0], [0, 1], [1, 1], [1, 5]], values)
    check(tensor, 1, [[4]], [[0, 0], [0, 1]], [[9, 10]])
    assert tensor.block(0).is_view
    assert not tensor.is_view


def test_keys_to_properties_without_sorting(engine):
    tensor = example_1(engine).keys_to_properties(["k1"], fill_value=-1, sort_samples=False)
    values = [[1, 2, -1, -1], [3, 4, 7, 8], [-1, -1, 5, 6]]
    check(tensor, 0, [[0], [2], [1]], [[0, 0], [0, 1], [1, 1], [1, 5]], values)


@pytest.mark.parametrize("names", [["k2", "k1"], ("k2", "k1"), Labels.empty(["k2", "k1"])])
def test_all_keys_to_properties(engine, names):
    tensor = example_1(engine).keys_to_properties(names)
    assert tensor.keys == labels("_", [[0]])
    block = tensor.block()
    assert rows(block.samples) == [[0], [1], [2], [4]]
    assert rows(block.properties) == [
        [0, 0, 0], [0, 0, 1], [0, 1, 1], [0, 1, 5], [1, 0, 0], [1, 0, 1],
    ]  # fmt: skip


def test_keys_to_properties_with_entries(engine):
    tensor = TensorMap(
        labels("k1", [[0], [3]]),
        [
            block(engine, [0, 2], [0, 1], [[1, 2], [3, 4]]),
            block(engine, [1, 2], [0, 1], [[5, 6], [7, 8]]),
        ],
    )
    moved = tensor.keys_to_properties(labels("k1", [[3], [7], [0]]))
    check(
        moved, 0, [[0], [1], [2]],
        [[3, 0], [3, 1], [7, 0], [7, 1], [0, 0], [0, 1]],
        [[0, 0, 0, 0, 1, 2], [5, 6, 0, 0, 0, 0], [7, 8, 0, 0, 3, 4]],
    )  # fmt: skip
    if engine.name == "torch":
        selection = labels("k1", [[3], [7], [0]]).to(arrays="torch")
        assert_same_block(tensor.keys_to_properties(selection)[0], moved[0])

    with pytest.raises(MetatensorError, match="propert"):
        example_1(engine).keys_to_properties(labels("k1", [[0], [1]]))


def test_gradients_to_properties(engine):
    tensor = example_4(engine).keys_to_properties("k", fill_value=-1)
    values = [[0, -1], [-1, 101], [20, 102]]
    check(tensor, 0, [[0], [1], [2]], [[0, 0], [1, 0]], values)
    gradient = tensor.block().gradient("g")
    assert rows(gradient.samples) == [[0, 4], [1, 9], [2, 1], [2, 5], [2, 7]]
    np.testing.assert_array_equal(
        host(gradient.values), [[4, -1], [-1, 1019], [201, -1], [205, 1025], [-1, 1027]]
    )


# --------------------------------------------------------------------- keys to samples
def test_keys_to_samples(engine):
    tensor = example_1(engine).keys_to_samples("k1", fill_value=-1)
    assert tensor.keys == labels("k2", [[0], [1]])
    assert tensor.sample_names == ["s", "k1"]
    values = [[1, 2, -1], [-1, 5, 6], [3, 4, -1], [-1, 7, 8]]
    check(tensor, 0, [[0, 0], [1, 1], [2, 0], [2, 1]], [[0], [1], [5]], values)
    check(tensor, 1, [[4, 0]], [[0], [1]], [[9, 10]])

    tensor = example_1(engine).keys_to_samples("k1", fill_value=-1, sort_samples=False)
    assert rows(tensor.block(0).samples) == [[0, 0], [2, 0], [1, 1], [2, 1]]


def test_gradients_to_samples(engine):
    tensor = example_4(engine).keys_to_samples(Labels.empty("k"))
    assert rows(tensor.block().samples) == [[0, 0], [1, 1], [2, 0], [2, 1]]
    gradient = tensor.block().gradient("g")
    assert rows(gradient.samples) == [[0, 4], [1, 9], [2, 1], [2, 5], [3, 5], [3, 7]]
    assert host(gradient.values).ravel().tolist() == [4, 1019, 201, 205, 1025, 1027]


def test_entries_can_not_move_to_samples(engine):
    with pytest.raises(MetatensorError):
        example_1(engine).keys_to_samples(labels("k1", [[0]]))


def test_nothing_to_move(engine):
    tensor = example_4(engine)
    moved = tensor.keys_to_samples([])
    assert moved.keys == tensor.keys
    assert rows(moved[0].samples) == [[0], [2]]
    unsorted = tensor.keys_to_samples([], sort_samples=False)
    assert rows(unsorted[0].samples) == [[2], [0]]


# ------------------------------------------------------------------------------- errors
FUNCTIONS = ["keys_to_samples", "keys_to_properties"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_move_errors(engine, function):
    tensor = example_1(engine)
    move = getattr(tensor, function)
    with pytest.raises(MetatensorError, match="'q'"):
        move("q")
    with pytest.raises(MetatensorError, match="k1"):
        move(["k1", "k1"])
    with pytest.raises(TypeError, match="string"):
        move(["k1", 3])
    with pytest.raises(TypeError, match="int"):
        move(3)
    with pytest.raises(TypeError):
        move("k1", -1)

    empty = TensorMap(Labels.empty(["k1"]), [])
    for names in ("k1", "q", []):
        with pytest.raises(MetatensorError):
            getattr(empty, function)(names, fill_value="not a number")
    # nothing happened to the map
    assert [len(block) for block in tensor] == [2, 2, 1]


# ----------------------------------------------------------------------- fill values
FILLS = [
    ("float64", np.nan, np.nan),
    ("float32", np.inf, np.inf),
    ("float64", np.array(3), 3),
    ("float32", np.float64(0.5), 0.5),
    ("float64", True, 1),
    ("int32", 2.7, 2),
    ("int64", -(2**62), -(2**62)),
    ("int8", -128, -128),
    ("uint8", 255, 255),
    ("bool", 3, True),
    ("complex64", 1 + 2j, 1 + 2j),
    ("complex128", 2, 2),
    ("float16", 1.5, 1.5),
]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(("dtype", "fill", "expected"), FILLS)
def test_fill_values(engine, dtype, fill, expected, function):
    tensor = getattr(example_1(engine, dtype=dtype), function)("k1", fill_value=fill)
    assert tensor.dtype == engine.dtype(dtype)
    column = {"keys_to_samples": (0, 2), "keys_to_properties": (1, 0)}[function]
    np.testing.assert_array_equal(host(tensor[0].values)[column], expected)


def test_fill_gradients(engine):
    tensor = example_4(engine).keys_to_properties("k", fill_value=np.nan)
    assert np.isnan(host(tensor[0].gradient("g").values)).sum() == 4


@pytest.mark.parametrize(
    ("dtype", "fill", "error"),
    [
        ("int32", np.nan, ValueError),
        ("int64", np.inf, OverflowError),
        ("float64", 1j, TypeError),
        ("int32", 1j, TypeError),
        ("float64", "1.0", ValueError),
        ("float64", None, ValueError),
        ("float64", [1.0], ValueError),
        ("float64", np.zeros(1), MetatensorError),
        ("float64", np.zeros((2, 3)), MetatensorError),
        ("int8", 300, OverflowError),
        ("uint8", -1, OverflowError),
    ],
)
@pytest.mark.parametrize("function", FUNCTIONS)
def test_invalid_fill_values(engine, dtype, fill, error, function):
    with pytest.raises(error, match="fill value"):
        getattr(example_1(engine, dtype), function)("k1", fill_value=fill)


# --------------------------------------------------------------------------- only torch
def test_bfloat16():
    torch = pytest.importorskip("torch")
    tensor = example_1_torch(torch.bfloat16).keys_to_properties("k1", fill_value=0.5)
    assert tensor.dtype == torch.bfloat16
    assert tensor[0].values[1].tolist() == [0.5, 0.5, 5, 6]
    assert tensor.components_to_properties([])[0].values.dtype == torch.bfloat16


def example_1_torch(dtype, device="cpu"):
    from array_makers import NumpyArrays

    return example_1(NumpyArrays).to(arrays="torch", dtype=dtype, device=device)


def test_torch_fill_value():
    torch = pytest.importorskip("torch")
    tensor = example_1_torch(torch.float64)
    fill = torch.tensor(-3.0, requires_grad=True)
    assert tensor.keys_to_properties("k1", fill_value=fill)[0].values[1, 0] == -3


@pytest.mark.parametrize("function", FUNCTIONS)
def test_moves_are_differentiable(function):
    torch = pytest.importorskip("torch")
    tensor = example_1_torch(torch.float64)
    leaves = [leaf.clone().requires_grad_() for leaf in tensor._leaves()]
    moved = getattr(tensor._with_arrays(leaves), function)("k1", fill_value=1.0)
    sum((block.values**2).sum() for block in moved).backward()
    for leaf in leaves:
        np.testing.assert_array_equal(leaf.grad.numpy(), 2 * leaf.detach().numpy())


def test_components_to_properties_is_differentiable():
    torch = pytest.importorskip("torch")
    from array_makers import TorchArrays

    tensor = small_map(TorchArrays)
    leaves = [leaf.clone().requires_grad_() for leaf in tensor._leaves()]
    moved = tensor._with_arrays(leaves).components_to_properties("xyz")
    sum((leaf**2).sum() for leaf in moved._leaves()).backward()
    for leaf in leaves:
        assert torch.equal(leaf.grad, 2 * leaf.detach())


# ------------------------------------------------------------- components to properties
def components_example(engine):
    values = np.arange(24).reshape(2, 2, 3, 2).tolist()
    block = TensorBlock(
        engine.array(values, "float64"),
        labels("s", [[0], [1]]),
        [labels("c", [[0], [1]]), labels("d", [[-1], [0], [1]])],
        labels("n", [[0], [1]]),
    )
    return TensorMap(Labels.single(), [block])


def test_components_to_properties(engine):
    tensor = components_example(engine)
    moved = tensor.components_to_properties("c")
    assert moved.component_names == ["d"]
    assert moved.property_names == ["c", "n"]
    np.testing.assert_array_equal(
        host(moved[0].values)[0], [[0, 1, 6, 7], [2, 3, 8, 9], [4, 5, 10, 11]]
    )
    moved = tensor.components_to_properties(["d"])
    assert rows(moved[0].properties)[:3] == [[-1, 0], [-1, 1], [0, 0]]
    np.testing.assert_array_equal(
        host(moved[0].values)[0], [[0, 1, 2, 3, 4, 5], [6, 7, 8, 9, 10, 11]]
    )
    moved = tensor.components_to_properties(("c", "d"))
    assert moved.property_names == ["d", "c", "n"]
    assert host(moved[0].values)[0].tolist() == [0, 1, 6, 7, 2, 3, 8, 9, 4, 5, 10, 11]
    moved = tensor.components_to_properties(["d", "c"])
    assert host(moved[0].values)[0].tolist() == list(range(12))
    # the data is new
    assert tuple(tensor[0].shape) == (2, 2, 3, 2)
    moved[0].values[:] = 0
    assert host(tensor[0].values).any()


def test_components_to_properties_with_gradients(engine):
    tensor = small_map(engine)
    moved = tensor.components_to_properties("xyz")
    gradient = moved[0].gradient("positions")
    assert [c.names for c in gradient.components] == [["direction"]]
    assert gradient.properties.names == ["xyz", "n"]
    np.testing.assert_array_equal(
        host(gradient.values), host(tensor[0].gradient("positions").values).reshape(2, 1, 6)
    )


def test_components_to_properties_errors(engine):
    tensor = components_example(engine)
    with pytest.raises(MetatensorError, match="'q'"):
        tensor.components_to_properties("q")
    with pytest.raises(MetatensorError, match="'c'"):
        tensor.components_to_properties(["c", "c"])
    with pytest.raises(TypeError, match="strings, got int"):
        tensor.components_to_properties([1])
    with pytest.raises(TypeError, match="float"):
        tensor.components_to_properties(1.0)

    same = tensor.components_to_properties([])
    assert_same_block(same[0], tensor[0])
    assert same[0].values is not tensor[0].values
    empty = TensorMap(Labels.empty("k"), [])
    assert len(empty.components_to_properties("anything")) == 0
