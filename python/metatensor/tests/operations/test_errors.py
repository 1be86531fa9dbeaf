"""Errors of the operations, of the documented class and telling what is wrong."""

import metatensor as mts
import numpy as np
import pytest
from helpers import random_tensor
from metatensor import Labels, MetatensorError


def test_classes_of_arguments():
    tensor = random_tensor()
    block = tensor.block(0)
    keys = tensor.keys
    for function, name, expected in (
        (lambda: mts.add(3, tensor), "`A`", "TensorMap"),
        (lambda: mts.add(tensor, "a"), "`B`", "TensorMap or a number"),
        (lambda: mts.subtract(tensor, np.ones(3)), "`B`", "ndarray"),
        (lambda: mts.multiply(tensor, None), "`B`", "NoneType"),
        (lambda: mts.divide(tensor, block), "`B`", "TensorBlock"),
        (lambda: mts.pow(tensor, tensor), "`B`", "TensorMap"),
        (lambda: mts.drop_blocks(tensor, 3), "`keys`", "Labels"),
        (lambda: mts.drop_blocks(tensor, keys, 3), "`copy`", "bool"),
        (lambda: mts.filter_blocks(block, keys), "`tensor`", "TensorBlock"),
        (lambda: mts.join(tensor, "samples"), "`tensors`", "list"),
        (lambda: mts.join([tensor, 3], "samples"), "`tensors`", "int"),
        (lambda: mts.join_blocks([tensor], "samples"), "`blocks`", "TensorMap"),
        (lambda: mts.slice(block, "samples", keys), "`tensor`", "TensorBlock"),
        (lambda: mts.slice(tensor, "samples", (1, 2)), "`selection`", "tuple"),
        (lambda: mts.slice_block(block, "samples", [0.5]), "integers", "0.5"),
        (lambda: mts.slice_block(block, "samples", np.ones(2)), "integers", "float64"),
        (lambda: mts.slice_block(block, "samples", np.ones(2, bool)), "integers", "bool"),
        (lambda: mts.split(tensor, 3, []), "`axis`", "int"),
        (lambda: mts.split(tensor, "samples", (1,)), "`selections`", "tuple"),
        (lambda: mts.unique_metadata(tensor, 3, "s"), "`axis`", "int"),
        (lambda: mts.unique_metadata(tensor, "samples", 3), "`names`", "int"),
        (lambda: mts.unique_metadata(tensor, "samples", [3]), "`names`", "int"),
        (lambda: mts.unique_metadata(tensor, "samples", "s", 3), "`gradient`", "int"),
        (lambda: mts.sort(tensor, ("samples",)), "`axes`", "tuple"),
        (lambda: mts.equal(tensor, 3), "`tensor_2`", "int"),
    ):
        with pytest.raises(TypeError, match=name) as error:
            function()
        assert expected in str(error.value)


def test_values_of_arguments():
    tensor = random_tensor()
    block = tensor.block(0)
    for function, text in (
        (lambda: mts.slice(tensor, "keys", tensor.keys), "keys"),
        (lambda: mts.slice(tensor, "samples", tensor.keys), "'k'"),
        (lambda: mts.slice(tensor, "properties", tensor.keys), "property name 'k'"),
        (lambda: mts.slice_block(block, "samples", np.ones((2, 2), int)), "1-dimensional"),
        (lambda: mts.join([], "samples"), "empty"),
        (lambda: mts.join([tensor], "components"), "`axis`"),
        (lambda: mts.join([tensor, tensor], "samples", different_keys="x"), "'x'"),
        (lambda: mts.sum_over_samples(tensor, "z"), "'z'"),
        (lambda: mts.sum_over_properties(tensor, ["n", "z"]), "'z'"),
        (lambda: mts.sum_over_samples_block(block, "z"), "'z'"),
        (lambda: mts.unique_metadata(tensor, "components", "m"), "components"),
        (lambda: mts.unique_metadata(tensor, "samples", "z"), "'z'"),
        (lambda: mts.sort(tensor, "other"), "'other'"),
        (lambda: mts.sort(tensor, [5]), "5"),
        (lambda: mts.sort_block(block, "keys"), "'keys'"),
        (lambda: mts.equal_metadata(tensor, tensor, check="samples"), "samples"),
        (lambda: mts.equal_metadata(tensor, tensor, check=["samples", "x"]), "'x'"),
        (lambda: mts.zeros_like(tensor, gradients="z"), "'z' in `zeros_like`"),
        (lambda: mts.ones_like(tensor, gradients=["g", "z"]), "'z'"),
        (lambda: mts.block_from_array(np.ones(3)), r"\[3\]"),
        (lambda: mts.block_from_array(np.ones((3, 3)), ["a", "b"]), "enough dimensions"),
        (lambda: mts.block_from_array(np.ones((3, 3, 3)), None, ["a", "b"]), "does not fit"),
        (lambda: mts.append_dimension(tensor, "components", "z", 3), "components"),
        (lambda: mts.insert_dimension(tensor, "axis", 0, "z", 3), "axis"),
        (
            lambda: mts.append_dimension(tensor, "keys", "z", np.array([3])),
            "1 entries in .* 3 keys",
        ),
        (lambda: mts.append_dimension(tensor, "keys", "z", [3]), "list"),
        (lambda: mts.append_dimension(tensor, "keys", "z", np.ones(3)), "float64"),
        (lambda: mts.append_dimension(tensor, "keys", "z", 2**40), "32-bit"),
        (lambda: mts.append_dimension(tensor, "keys", "z", np.full(3, 2**40)), "32-bit"),
        (lambda: mts.remove_dimension(tensor, "keys", "z"), "z"),
        (lambda: mts.rename_dimension(tensor, "samples", "z", "y"), "z"),
        (lambda: mts.one_hot(tensor.keys, tensor.keys), "'k', 'l'"),
        (lambda: mts.one_hot(tensor.keys, Labels.range("z", 2)), "'z'"),
        (lambda: mts.one_hot(tensor.keys, Labels.range("k", 1)), "value 1 of 'k'"),
        (lambda: mts.dot(tensor, tensor), "components"),
    ):
        with pytest.raises(ValueError, match=text):
            function()


def test_out_of_range():
    tensor = random_tensor()
    for function, text in (
        (lambda: mts.insert_dimension(tensor, "samples", 42, "z", 3), "42"),
        (lambda: mts.insert_dimension(tensor, "samples", -4, "z", 3), "-4"),
        (lambda: mts.slice_block(tensor.block(0), "samples", [6]), "6"),
        (lambda: mts.slice_block(tensor.block(0), "samples", [-7]), "-7"),
    ):
        with pytest.raises(IndexError, match=text):
            function()


def test_core_errors():
    tensor = random_tensor()
    for function in (
        lambda: mts.join([tensor, tensor], "samples"),
        lambda: mts.join([tensor, tensor], "properties"),
        lambda: mts.slice_block(tensor.block(0), "samples", [0, 0]),
        lambda: mts.drop_blocks(tensor, Labels(["z"], np.array([[1]]))),
        lambda: mts.unique_metadata(tensor, "samples", "sample", gradient="z"),
        lambda: mts.remove_dimension(tensor, "samples", "a"),
        lambda: mts.append_dimension(tensor, "samples", "s", 0),
    ):
        with pytest.raises(MetatensorError):
            function()


def test_different_metadata():
    tensor = random_tensor()
    keys = mts.filter_blocks(tensor, Labels(["k"], np.array([[0]])))
    gradients = mts.remove_gradients(tensor, "g")
    properties = mts.sort(tensor, "properties", descending=True)
    for function, name in (
        (mts.add, "add"),
        (mts.subtract, "subtract"),
        (mts.multiply, "multiply"),
        (mts.divide, "divide"),
    ):
        with pytest.raises(mts.NotEqualError, match=f"'{name}'.*number of blocks: 3 and 2"):
            function(tensor, keys)
        with pytest.raises(mts.NotEqualError, match=f"'{name}'.*different gradients"):
            function(tensor, gradients)
        with pytest.raises(mts.NotEqualError, match=f"'{name}'.*properties"):
            function(tensor, properties)
    for function in (
        lambda: mts.dot(tensor, keys),
        lambda: mts.join([tensor, keys], "samples"),
        lambda: mts.lstsq(tensor, keys, rcond=1e-10),
        lambda: mts.lstsq(tensor, gradients, rcond=1e-10),
        lambda: mts.solve(tensor, keys),
        lambda: mts.join([tensor, gradients], "samples", add_dimension="i"),
        lambda: mts.join([tensor, properties], "samples", add_dimension="i"),
        lambda: mts.equal_raise(tensor, keys),
        lambda: mts.allclose_raise(tensor, properties),
        lambda: mts.equal_metadata_raise(tensor, gradients),
    ):
        with pytest.raises(mts.NotEqualError):
            function()


def test_different_engines():
    torch = pytest.importorskip("torch")
    tensor = random_tensor()
    other = tensor.to(arrays="torch")
    assert isinstance(other.block(0).values, torch.Tensor)
    for function in (mts.add, mts.multiply, mts.equal, mts.allclose):
        with pytest.raises(TypeError, match="same kind of arrays"):
            function(tensor, other)


def test_message_of_equal():
    tensor = random_tensor()
    other = tensor.copy()
    other.block(1).values[:] = 0
    with pytest.raises(mts.NotEqualError, match=r"values are not equal.*\(k=0, l=1\)"):
        mts.equal_raise(tensor, other)
    other = tensor.copy()
    other.block(2).gradient("g").values[:] = 0
    with pytest.raises(mts.NotEqualError, match=r"'g'.*close enough.*\(k=1, l=0\)"):
        mts.allclose_raise(tensor, other)
    other = mts.remove_gradients(other, "g")
    with pytest.raises(mts.NotEqualError, match="different gradients"):
        mts.equal_block_raise(tensor.block(0), other.block(0))
    assert not mts.equal_metadata(tensor, 3)
    with pytest.raises(mts.NotEqualError, match=r"`tensor_2`.*int"):
        mts.equal_metadata_raise(tensor, 3)
