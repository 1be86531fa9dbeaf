"""Operations in TorchScript: as objects, in user code, and in files."""

import io
import warnings
from typing import List, Tuple

import metatensor.torch as mts
import pytest
import torch
from metatensor.torch import Labels, TensorBlock, TensorMap

pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning")
pytestmark = [pytestmark, pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning")]

PYTHON_OBJECTS = {
    "NotEqualError",
    "checks_enabled",
    "unsafe_disable_checks",
    "unsafe_enable_checks",
}
OPERATIONS = [name for name in mts.operations.__all__ if name not in PYTHON_OBJECTS]


def round_trip(compiled):
    """Save something, and load it again."""
    buffer = io.BytesIO()
    torch.jit.save(compiled, buffer)
    buffer.seek(0)
    return torch.jit.load(buffer)


@pytest.mark.parametrize("name", OPERATIONS)
def test_save_and_load(name):
    function = getattr(mts, name)
    assert isinstance(function, torch.jit.ScriptFunction)
    assert function is getattr(mts.operations, name)
    assert function is getattr(mts, name)
    loaded = round_trip(function)
    assert callable(loaded)


def test_python_objects():
    for name in PYTHON_OBJECTS:
        assert not isinstance(getattr(mts, name), torch.jit.ScriptFunction)
    assert mts.NotEqualError.__bases__ == (Exception,)
    with mts.unsafe_disable_checks():
        assert not mts.checks_enabled()
    assert mts.checks_enabled()


def test_no_warnings_when_compiling():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mts.operations.__dict__.pop("pow", None)
        assert isinstance(mts.operations.pow, torch.jit.ScriptFunction)


def tensor(requires_grad=False):
    """Two blocks with a gradient each."""
    generator = torch.Generator().manual_seed(0)
    blocks = []
    for i in range(2):
        properties = Labels(["n", "q"], torch.tensor([[0, 0], [0, 1], [1, 0]]))
        values = torch.rand(4, 3, dtype=torch.float64, generator=generator) + 0.5
        block = TensorBlock(
            values.requires_grad_(requires_grad),
            Labels(["s", "a"], torch.tensor([[1, 0], [0, 0], [0, 1], [1, 1]])),
            [],
            properties,
        )
        gradient = torch.rand(3, 2, 3, dtype=torch.float64, generator=generator)
        block.add_gradient(
            "g",
            TensorBlock(
                gradient.requires_grad_(requires_grad),
                Labels(["sample", "x"], torch.tensor([[0, 2], [1, 1], [3, 2]])),
                [Labels.range("c", 2)],
                properties,
            ),
        )
        blocks.append(block)
    return TensorMap(Labels(["k"], torch.tensor([[3], [1]])), blocks)


def elementwise(a: TensorMap, b: TensorMap) -> List[TensorMap]:
    return [
        mts.add(a, b),
        mts.add(A=a, B=1),
        mts.subtract(a, b),
        mts.subtract(a, 1.5),
        mts.multiply(a, b),
        mts.divide(a, b),
        mts.divide(a, 2),
        mts.pow(a, 0.5),
        mts.pow(A=a, B=2),
        mts.abs(a),
        mts.dot(a, mts.remove_gradients(b)),
        mts.detach(a),
        mts.requires_grad(mts.detach(a), True),
        mts.zeros_like(a),
        mts.zeros_like(a, gradients="g"),
        mts.ones_like(tensor=a, gradients=["g"], requires_grad=True),
        mts.make_contiguous(a),
        mts.remove_gradients(a, ["g"]),
        mts.remove_gradients(a, remove=["g"]),
    ]


def plans(a: TensorMap, b: TensorMap) -> List[TensorMap]:
    selection = Labels(["s"], torch.tensor([[1]]))
    keys = Labels(["k"], torch.tensor([[1]]))
    return [
        mts.sum_over_samples(a, "a"),
        mts.sum_over_samples(a, ["a", "s"]),
        mts.mean_over_samples(a, sample_names="s"),
        mts.var_over_samples(a, "a"),
        mts.std_over_samples(a, "a"),
        mts.sum_over_properties(a, "q"),
        mts.std_over_properties(a, property_names=["n"]),
        mts.join([a, b], "samples", add_dimension="i"),
        mts.join([a, b], axis="properties", different_keys="union", add_dimension="i"),
        mts.slice(a, "samples", selection),
        mts.slice(a, axis="samples", selection=selection),
        mts.sort(a),
        mts.sort(a, axes=["samples", "keys"], descending=True),
        mts.drop_blocks(a, keys),
        mts.filter_blocks(a, keys, copy=True),
        mts.drop_empty_blocks(a),
        mts.append_dimension(a, "samples", "z", 3),
        mts.insert_dimension(a, "keys", 0, "z", torch.tensor([4, 5])),
        mts.permute_dimensions(a, "samples", [1, 0]),
        mts.rename_dimension(a, axis="samples", old="s", new="r"),
        mts.lstsq(mts.remove_gradients(a), mts.remove_gradients(b), rcond=1e-10, driver="gelsd"),
    ]


def blocks(a: TensorBlock, b: TensorBlock) -> List[TensorBlock]:
    selection = Labels(["s"], torch.tensor([[1]]))
    return [
        mts.slice_block(a, "samples", selection),
        mts.slice_block(a, "samples", [2, 0]),
        mts.slice_block(a, "properties", torch.tensor([2, 0])),
        mts.join_blocks([a, b], "samples", add_dimension="i"),
        mts.sum_over_samples_block(a, "s"),
        mts.std_over_properties_block(a, ["q"]),
        mts.sort_block(a, "samples"),
        mts.remove_gradients_block(a),
        mts.zeros_like_block(a),
        mts.detach_block(a),
    ]


def others(
    a: TensorMap, b: TensorMap
) -> Tuple[bool, bool, bool, bool, bool, Labels, torch.Tensor, List[TensorMap]]:
    selection = Labels(["s"], torch.tensor([[1]]))
    mts.equal_raise(a, a)
    mts.allclose_raise(a, a, rtol=1e-5)
    mts.equal_metadata_raise(a, b, check=["samples", "properties"])
    return (
        mts.equal(a, b),
        mts.allclose(a, b, rtol=1e-3, atol=0.0, equal_nan=True),
        mts.equal_metadata(a, b),
        mts.equal_metadata(a, mts.remove_gradients(b), check="all", check_gradients=False),
        mts.is_contiguous(a),
        mts.unique_metadata(a, "samples", names=["s"], gradient=None),
        mts.one_hot(a.block_by_id(0).samples, selection.union(Labels(["s"], torch.tensor([[0]])))),
        [mts.slice(a, "samples", selection), mts.slice(b, "samples", selection)],
    )


def check_same(result, expected):
    """Check that results of any kind are equal."""
    if isinstance(result, (list, tuple)):
        assert len(result) == len(expected)
        for one, other in zip(result, expected):
            check_same(one, other)
    elif isinstance(result, torch.ScriptObject):
        name = result._type().name()
        assert name == expected._type().name()
        if name == "TensorMap":
            mts.equal_raise(result, expected)
        elif name == "TensorBlock":
            mts.equal_block_raise(result, expected)
        else:
            assert result == expected
    elif isinstance(result, torch.Tensor):
        assert torch.equal(result, expected)
    else:
        assert result == expected


@pytest.mark.parametrize("function", [elementwise, plans, others], ids=lambda f: f.__name__)
def test_user_code(function):
    a, b = tensor(), mts.multiply(tensor(), 2)
    expected = function(a, b)
    compiled = torch.jit.script(function)
    check_same(compiled(a, b), expected)
    check_same(round_trip(compiled)(a, b), expected)


def test_user_code_with_blocks():
    a, b = tensor().block(0), tensor().block(1)
    expected = blocks(a, b)
    compiled = torch.jit.script(blocks)
    check_same(compiled(a, b), expected)
    check_same(round_trip(compiled)(a, b), expected)


def test_private_functions():
    from metatensor.torch.operations._add import _add_block_block, _add_block_constant
    from metatensor.torch.operations._multiply import (
        _multiply_block_block,
        _multiply_block_constant,
    )

    def user_code(a: TensorBlock, b: TensorBlock) -> List[TensorBlock]:
        return [
            _add_block_block(a, b),
            _add_block_constant(a, 3.0),
            _multiply_block_constant(a, 2.0),
            _multiply_block_block(a, b),
        ]

    a, b = tensor().block(0), tensor().block(1)
    expected = user_code(a, b)
    check_same(torch.jit.script(user_code)(a, b), expected)
    assert torch.equal(expected[0].values, a.values + b.values)
    # metadata is not compared
    renamed = TensorBlock(b.values, Labels.range("other", 4), [], b.properties)
    total = _add_block_block(mts.remove_gradients_block(a), renamed)
    assert total.samples == a.samples


def test_errors():
    a = tensor()
    with pytest.raises(torch.jit.Error, match=r"NotEqualError.*different number of blocks"):
        mts.equal_raise(a, mts.filter_blocks(a, Labels(["k"], torch.tensor([[1]]))))
    with pytest.raises(torch.jit.Error, match=r"ValueError.*'z' is not one of the dimensions"):
        mts.sum_over_samples(a, "z")
    with pytest.raises(RuntimeError):
        mts.add(a, "z")
    with pytest.raises(RuntimeError):
        mts.append_dimension(a, "samples", "s", 3)


def test_requires_grad_warns():
    a = tensor(requires_grad=True)
    with pytest.warns(UserWarning, match="already requires grad"):
        result = mts.requires_grad(a)
    assert result.block(0).values.requires_grad
    assert result.block(0).values.grad_fn is None
    assert not mts.detach(a).block(0).gradient("g").values.requires_grad


def test_meta_device():
    block = mts.block_from_array(torch.empty(4, 3, 2, device="meta"))
    assert block.values.device.type == "meta"
    assert block.samples.device.type == "meta"
