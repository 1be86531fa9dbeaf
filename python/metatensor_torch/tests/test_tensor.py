"""Creation, metadata, printing and lifetime of TensorMap."""

import gc
from typing import Dict

import pytest
import torch
from torch_builders import Labels, TensorBlock, TensorMap, labels, simple_block, simple_map


def test_metadata() -> None:
    tensor = simple_map()
    assert len(tensor) == 4
    assert tensor.keys.names == ["key_1", "key_2"]
    assert tensor.keys is not tensor.keys
    assert tensor.keys.values.data_ptr() == tensor.keys.values.data_ptr()
    assert tensor.sample_names == ["s"]
    assert tensor.component_names == ["c"]
    assert tensor.property_names == ["p"]
    assert tensor.device == torch.device("cpu")
    assert torch.ops.metatensor.dtype_name(tensor.dtype) == "torch.float64"
    assert not tensor.is_view
    with pytest.raises(TypeError):
        tensor.keys()


def test_empty() -> None:
    tensor = TensorMap(Labels.empty(["key"]), [])
    assert len(tensor) == 0
    assert tensor.sample_names == []
    assert tensor.component_names == []
    assert tensor.property_names == []
    assert tensor.blocks() == []
    assert tensor.items() == []
    assert list(tensor) == []
    assert tensor.device == torch.device("cpu")
    assert (
        tensor.dtype == TensorBlock(torch.zeros(1, 1), Labels.single(), [], Labels.single()).dtype
    )
    with pytest.raises(ValueError, match=r"no block"):
        tensor.block()
    assert len(tensor.components_to_properties("anything")) == 0
    with pytest.raises(RuntimeError):
        tensor.keys_to_samples("key")
    assert len(tensor.copy()) == 0
    moved = tensor.to("meta")
    assert moved.device == torch.device("meta")
    assert tensor.print(-1) == "TensorMap with 0 blocks\n    keys: [key]\n    blocks:"


def test_constructor_consumes_blocks() -> None:
    block = simple_block()
    values = block.values
    tensor = TensorMap(Labels.single(), [block])
    assert tensor.block().values is values
    with pytest.raises(RuntimeError, match=r"released"):
        block.values
    with pytest.raises(RuntimeError, match=r"released"):
        TensorMap(Labels.single(), [block])


def keys_2() -> Labels:
    return Labels.range("key", 2)


@pytest.mark.parametrize("gradient", [True, False])
@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"values": torch.zeros(3, 2, 2, dtype=torch.float32)}, "(?i)float|dtype"),
        ({"samples": Labels.range("t", 3)}, "(?s)s.*t|t.*s"),
        ({"properties": Labels.range("q", 2)}, "(?s)p.*q|q.*p"),
        ({"components": [Labels.range("d", 2)]}, "(?s)c.*d|d.*c"),
    ],
)
def test_constructor_errors_keep_blocks(gradient: bool, changes, match: str) -> None:
    first = simple_block(gradient=gradient)
    parts = {
        "values": torch.zeros(3, 2, 2, dtype=torch.float64),
        "samples": Labels.range("s", 3),
        "components": [Labels.range("c", 2)],
        "properties": Labels.range("p", 2),
    }
    parts.update(changes)
    second = TensorBlock(**parts)
    first_values = first.values
    with pytest.raises(RuntimeError, match=match):
        TensorMap(keys_2(), [first, second])

    # both blocks are still what they were
    assert first.values is first_values
    assert first.gradients_list() == (["g"] if gradient else [])
    assert second.values is parts["values"]
    assert not first.is_view
    assert len(TensorMap(Labels.single(), [first])) == 1


def test_constructor_other_errors() -> None:
    block = simple_block()
    with pytest.raises(RuntimeError, match=r"(?s)1.*2|2.*1"):
        TensorMap(keys_2(), [block])
    assert len(block) == 3

    with pytest.raises(RuntimeError, match=r"twice"):
        TensorMap(keys_2(), [block, block])
    assert len(block) == 3

    with pytest.raises(RuntimeError, match=r"gradient|g"):
        TensorMap(keys_2(), [block, simple_block(gradient=True)])

    with pytest.raises(RuntimeError, match=r"view"):
        TensorMap(keys_2(), [block, simple_map().block(0)])
    assert len(block) == 3

    with pytest.raises(ValueError) as error:
        TensorMap(keys_2(), [simple_block().to("meta"), simple_block()])
    assert "cpu" in str(error.value)
    assert "meta" in str(error.value)

    with pytest.raises(RuntimeError) as error:
        TensorMap(keys_2(), [simple_block(), simple_block().to("meta")])
    assert "CPU:0" in str(error.value)
    assert "ExtDev:0" in str(error.value)

    with pytest.raises(RuntimeError, match=r"Labels"):
        TensorMap(3, [block])


def test_print() -> None:
    tensor = simple_map()
    expected = """TensorMap with 4 blocks
    keys: [key_1, key_2]
    blocks:
       0  0   => TensorBlock with shape (3, 2, 1)
       1  0   => TensorBlock with shape (3, 2, 3)
       2  2   => TensorBlock with shape (4, 2, 1)
       2  3   => TensorBlock with shape (4, 2, 1)"""
    assert str(tensor) == expected
    assert repr(tensor) == expected
    assert tensor.print(-1) == expected
    assert tensor.print(4) == expected
    assert tensor.print(10) == expected

    expected = """TensorMap with 4 blocks
    keys: [key_1, key_2]
    blocks:
       0  0   => TensorBlock with shape (3, 2, 1)
       1  0   => TensorBlock with shape (3, 2, 3)
             ..."""
    assert tensor.print(2) == expected

    expected = """TensorMap with 4 blocks
    keys: [key_1, key_2]
    blocks:
       ..."""
    assert tensor.print(0) == expected


def many_blocks(n_blocks: int):
    keys = labels(["first", "b"], [[10 * i, i * i] for i in range(n_blocks)])
    return TensorMap(keys, [simple_block([0], [0]) for _ in range(n_blocks)])


def test_print_columns() -> None:
    tensor = many_blocks(12)
    lines = repr(tensor).split("\n")
    assert lines[:3] == [
        "TensorMap with 12 blocks",
        "    keys: [first, b]",
        "    blocks:",
    ]
    shape = "=> TensorBlock with shape (1, 2, 1)"
    assert lines[3] == "        0    0    " + shape
    assert lines[4] == "       10    1    " + shape
    assert lines[13] == "       100  100   " + shape
    assert lines[14] == "       110  121   " + shape
    assert len(lines) == 15

    # only the printed keys are used for the width of columns
    lines = str(tensor).split("\n")
    assert len(lines) == 3 + 7 + 1
    assert lines[3] == "       0   0    " + shape
    assert lines[9] == "       60  36   " + shape
    assert lines[10] == " " * 14 + " ..."


def test_print_single_block() -> None:
    tensor = TensorMap(Labels.single(), [simple_block()])
    expected = """TensorMap with 1 block
    keys: [_]
    blocks:
       0   => TensorBlock with shape (3, 2, 2)"""
    assert str(tensor) == expected


def test_info() -> None:
    tensor = simple_map()
    assert tensor.get_info("a") is None
    assert dict(tensor.info()) == {}
    tensor.set_info("a", "b")
    tensor.set_info("é", "ü")
    tensor.set_info("a", "c")
    assert tensor.get_info("a") == "c"
    assert dict(tensor.info()) == {"a": "c", "é": "ü"}
    assert dict(tensor.to(torch.float32).info()) == {"a": "c", "é": "ü"}


def test_release() -> None:
    tensor = simple_map()
    ptr = tensor.release()
    assert isinstance(ptr, int)
    for function in [
        lambda: tensor.keys,
        lambda: len(tensor),
        lambda: str(tensor),
        lambda: tensor.print(2),
        lambda: tensor.block(0),
        lambda: tensor.block({"key_1": 0}),
        lambda: tensor[0],
        lambda: tensor.blocks(),
        lambda: tensor.items(),
        lambda: tensor.keys_to_samples("key_1"),
        lambda: tensor.components_to_properties("c"),
        lambda: tensor.copy(),
        lambda: tensor.to(),
        lambda: tensor.device,
        lambda: tensor.dtype,
        lambda: tensor.sample_names,
        lambda: tensor.component_names,
        lambda: tensor.property_names,
        lambda: tensor.info(),
        lambda: tensor.get_info("a"),
        lambda: tensor.set_info("a", "b"),
        lambda: tensor.save_buffer(),
        lambda: tensor.save("nope.mts"),
        lambda: tensor.as_mts_tensormap_t(),
        lambda: tensor.release(),
    ]:
        with pytest.raises(RuntimeError, match=r"released"):
            function()

    again = TensorMap.unsafe_from_ptr(ptr)
    assert len(again) == 4
    assert not again.is_view
    with pytest.raises(RuntimeError, match=r"released"):
        TensorMap.unsafe_from_ptr(0).keys


def test_views() -> None:
    tensor = simple_map()
    view = TensorMap.unsafe_view_from_ptr(tensor.as_mts_tensormap_t(), tensor)
    assert view.is_view
    view.set_info("a", "b")
    assert tensor.get_info("a") == "b"
    with pytest.raises(RuntimeError, match=r"view"):
        view.release()
    with pytest.raises(ValueError, match=r"parent"):
        TensorMap.unsafe_view_from_ptr(tensor.as_mts_tensormap_t(), None)
    del tensor
    gc.collect()
    assert view.block(0).values.shape == (3, 2, 1)
    assert not view.copy().is_view
    assert not view.to().is_view


def test_block_keeps_map_alive() -> None:
    tensor = simple_map(gradient=True)
    expected = tensor.block(2).values.clone()
    block = tensor.block(2)
    gradient = tensor.block(2).gradient("g")
    del tensor
    gc.collect()
    assert torch.equal(block.values, expected)
    assert gradient.samples.names == ["sample", "atom"]
    with pytest.raises(RuntimeError, match=r"view"):
        block.release()
    assert torch.equal(block.copy(deep=False).values, expected)


def test_scripted_lifetime() -> None:
    # the interpreter drops the map as soon as it is no longer used, in the
    # middle of the loop over its blocks
    @torch.jit.script
    def function(tensors: Dict[str, TensorMap]) -> torch.Tensor:
        total = torch.zeros(1, dtype=torch.float64)
        for name in ["a", "b"]:
            moved = tensors[name].keys_to_samples("key_1")
            for block in moved.blocks():
                total += block.values.sum()
            for block in tensors[name].keys_to_properties("key_1").blocks():
                total += block.gradient("g").values.sum()
        return total

    tensor = simple_map(gradient=True)
    expected = torch.zeros(1, dtype=torch.float64)
    for block in tensor.blocks():
        expected += 2 * (block.values.sum() + block.gradient("g").values.sum())
    assert torch.allclose(function({"a": tensor, "b": tensor}), expected)


def test_scripted_errors() -> None:
    @torch.jit.script
    def function(tensor: TensorMap, index: int) -> TensorBlock:
        return tensor.block(index)

    with pytest.raises(RuntimeError, match=r"we have 4 blocks but the index is 33"):
        function(simple_map(), 33)


def test_not_implemented() -> None:
    tensor = simple_map()
    with pytest.raises(NotImplementedError):
        tensor == tensor
    with pytest.raises(NotImplementedError):
        3 in tensor
