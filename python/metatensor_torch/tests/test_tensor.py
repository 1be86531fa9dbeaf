"""Behavior of TensorMap, through the TorchScript class."""

import copy
import gc
from typing import Dict, List

import pytest
import torch
from builders import Labels, TensorBlock, TensorMap, labels, simple_block, simple_map


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
    assert tensor.dtype == TensorBlock(
        torch.zeros(1, 1), Labels.single(), [], Labels.single()
    ).dtype
    with pytest.raises(ValueError, match="no block"):
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
    with pytest.raises(RuntimeError, match="released"):
        block.values  # noqa: B018
    with pytest.raises(RuntimeError, match="released"):
        TensorMap(Labels.single(), [block])


def keys_2() -> Labels:
    return Labels.range("key", 2)


@pytest.mark.parametrize("gradient", [True, False])
@pytest.mark.parametrize(
    "changes, match",
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
    with pytest.raises(RuntimeError, match="(?s)1.*2|2.*1"):
        TensorMap(keys_2(), [block])
    assert len(block) == 3

    with pytest.raises(RuntimeError, match="twice"):
        TensorMap(keys_2(), [block, block])
    assert len(block) == 3

    with pytest.raises(RuntimeError, match="gradient|g"):
        TensorMap(keys_2(), [block, simple_block(gradient=True)])

    with pytest.raises(RuntimeError, match="view"):
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

    with pytest.raises(RuntimeError, match="Labels"):
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


def test_block_by_id() -> None:
    tensor = simple_map()
    block = tensor.block_by_id(1)
    assert block.is_view
    assert block.shape == [3, 2, 3]
    for bad in [4, 100, -1, -4]:
        with pytest.raises(IndexError, match=f"(?s)4.*{bad}"):
            tensor.block_by_id(bad)
        with pytest.raises(IndexError):
            tensor.block(bad)
        with pytest.raises(IndexError):
            tensor[bad]
        with pytest.raises(IndexError):
            tensor.blocks_by_id([0, bad])
        with pytest.raises(IndexError):
            tensor.blocks(bad)
        with pytest.raises(IndexError):
            tensor.blocks([bad])
    assert [b.shape[0] for b in tensor.blocks_by_id([0, 2, 0])] == [3, 4, 3]
    assert tensor.blocks_by_id([]) == []


def test_iteration() -> None:
    tensor = simple_map()
    assert [b.shape for b in tensor] == [b.shape for b in tensor.blocks()]
    for i, (key, block) in enumerate(tensor.items()):
        assert key == tensor.keys[i]
        assert block.values is tensor.block_by_id(i).values


@pytest.mark.parametrize(
    "selection",
    [
        1,
        {"key_1": 1, "key_2": 0},
        {"key_2": 0, "key_1": 1},
        {"key_1": 1},
        labels(["key_1", "key_2"], [[1, 0]]),
        labels(["key_2", "key_1"], [[0, 1]]),
        labels(["key_1"], [[1]]),
        labels(["key_1", "key_2"], [[4, 4], [1, 0]])[1],
        labels(["key_1"], [[1]])[0],
    ],
    ids=str,
)
def test_block(selection) -> None:
    tensor = simple_map()
    for block in [
        tensor.block(selection),
        tensor.block(selection=selection),
        tensor[selection],
        tensor.blocks(selection)[0],
    ]:
        assert block.values is tensor.block_by_id(1).values
    assert len(tensor.blocks(selection)) == 1


def test_several_blocks() -> None:
    tensor = simple_map()
    for selection in [{"key_1": 2}, labels(["key_1"], [[2]]), labels(["key_1"], [[2]])[0]]:
        assert [b.shape for b in tensor.blocks(selection)] == [[4, 2, 1], [4, 2, 1]]
        with pytest.raises(ValueError, match=r"(?s)\(key_1=2\).*blocks"):
            tensor.block(selection)
    with pytest.raises(ValueError, match="selection"):
        tensor.block()
    with pytest.raises(ValueError, match="selection"):
        tensor.block(None)
    assert len(tensor.blocks()) == 4
    assert len(tensor.blocks(None)) == 4
    assert [b.shape[2] for b in tensor.blocks([1, 0, 1])] == [3, 1, 3]
    single = TensorMap(Labels.single(), [simple_block()])
    assert single.block().shape == [3, 2, 2]


def test_no_matching_block() -> None:
    tensor = simple_map()
    selection = {"key_2": 3, "key_1": 4}
    with pytest.raises(ValueError, match=r"\(key_1=4, key_2=3\)"):
        tensor.block(selection)
    with pytest.raises(ValueError, match=r"\(key_1=4, key_2=3\)"):
        tensor[selection]
    assert tensor.blocks(selection) == []
    with pytest.raises(ValueError, match=r"\(key_2=3, key_1=4\)"):
        tensor.block(labels(["key_2", "key_1"], [[3, 4]]))


def test_selection_errors() -> None:
    tensor = simple_map()
    # unknown dimension
    for selection in [{"nope": 3}, labels(["nope"], [[0]]), labels(["nope"], [[0]])[0]]:
        with pytest.raises(RuntimeError, match="'?nope'?"):
            tensor.block(selection)
        with pytest.raises(RuntimeError, match="'?nope'?"):
            tensor.blocks(selection)

    # wrong number of entries
    for selection, count in [(Labels.range("key_1", 2), 2), (Labels.empty(["key_1"]), 0)]:
        with pytest.raises(ValueError, match=str(count)):
            tensor.block(selection)
        with pytest.raises(ValueError, match=str(count)):
            tensor.blocks(selection)

    # integers that can not be in the keys
    with pytest.raises(ValueError, match="1099511627776"):
        tensor.block({"key_1": 2**40})

    # dict with something else than integers
    with pytest.raises(TypeError, match=r"(?s)str, int.*str, float"):
        tensor.block({"key_1": 1.0})
    with pytest.raises(TypeError, match=r"(?s)str, int.*int, int"):
        tensor[{1: 1}]
    with pytest.raises(ValueError, match=r"(?s)str, int.*str, str"):
        tensor.blocks({"key_1": "1"})

    # types that can not be used, with a different error for `blocks`
    for selection, name in [
        (1.0, "float"),
        ("a", "str"),
        (True, "bool"),
        ((1, 2), "int"),
        (["a"], "str"),
        (torch.tensor(1), "Tensor"),
    ]:
        with pytest.raises(TypeError, match=f"(?s)int.*LabelsEntry.*{name}"):
            tensor.block(selection)
        with pytest.raises(TypeError, match=f"(?s)int.*LabelsEntry.*{name}"):
            tensor[selection]
        with pytest.raises(ValueError, match=f"(?s)int.*LabelsEntry.*{name}"):
            tensor.blocks(selection)
    with pytest.raises(TypeError, match="List|int"):
        tensor.block([0, 1])

    # unsupported custom class
    for function in [tensor.block, tensor.blocks, tensor.__getitem__]:
        with pytest.raises(TypeError, match="Labels or LabelsEntry.*TensorBlock"):
            function(simple_block())

    with pytest.raises(RuntimeError):
        tensor.block(key_1=3)
    with pytest.raises(RuntimeError):
        tensor.blocks([])


def test_zero_dimension_keys() -> None:
    # nothing reads out of bounds if there are no columns in the keys
    tensor = TensorMap(labels(["a"], []), [])
    assert "blocks:" in str(tensor)
    moved = simple_map().keys_to_samples(["key_1", "key_2"])
    assert moved.keys.names == ["_"]
    assert moved.keys.values.tolist() == [[0]]


def check_devices(tensor) -> None:
    assert tensor.keys.device == tensor.device
    for block in tensor.blocks():
        for one in [block] + [gradient for _, gradient in block.gradients()]:
            assert one.device == tensor.device
            for axis in [one.samples, *one.components, one.properties]:
                assert axis.device == tensor.device
                assert axis.values.dtype == torch.int32


def test_keys_to_properties() -> None:
    tensor = simple_map(gradient=True)
    tensor.set_info("a", "b")
    moved = tensor.keys_to_properties("key_1")
    assert moved.keys.names == ["key_2"]
    assert moved.keys.values.tolist() == [[0], [2], [3]]
    assert moved.get_info("a") == "b"
    check_devices(moved)

    block = moved.block({"key_2": 0})
    assert block.samples.values.flatten().tolist() == [0, 1, 2, 3, 4]
    assert block.properties.names == ["key_1", "p"]
    assert block.properties.values.tolist() == [[0, 0], [1, 3], [1, 4], [1, 5]]
    first = tensor.block_by_id(0)
    second = tensor.block_by_id(1)
    assert torch.equal(block.values[[0, 2, 4], :, 0], first.values[:, :, 0])
    assert torch.equal(block.values[[0, 1, 3], :, 1:], second.values)
    assert torch.all(block.values[[1, 3], :, 0] == 0)

    gradient = block.gradient("g")
    assert gradient.samples.names == ["sample", "atom"]
    assert gradient.values.shape == (6 - 1, 3, 2, 4)
    assert gradient.samples.values[:, 0].tolist() == sorted(
        gradient.samples.values[:, 0].tolist()
    )


def test_keys_to_samples() -> None:
    tensor = simple_map(gradient=True)
    tensor.set_info("a", "b")
    moved = tensor.keys_to_samples("key_2")
    assert moved.keys.names == ["key_1"]
    assert moved.get_info("a") == "b"
    check_devices(moved)
    block = moved.block({"key_1": 2})
    assert block.samples.names == ["s", "key_2"]
    assert block.samples.values.tolist() == [
        [0, 2], [0, 3], [1, 3], [2, 3], [3, 2], [5, 3], [6, 2], [8, 2],
    ]  # fmt: skip
    first = tensor.block_by_id(2)
    assert torch.equal(block.values[[0, 4, 6, 7]], first.values)

    unsorted = tensor.keys_to_samples("key_2", sort_samples=False).block({"key_1": 2})
    assert unsorted.samples.values.tolist() == [
        [0, 2], [3, 2], [6, 2], [8, 2], [0, 3], [1, 3], [2, 3], [5, 3],
    ]  # fmt: skip
    assert torch.equal(unsorted.values[:4], first.values)


@pytest.mark.parametrize(
    "keys_to_move",
    [
        "key_1",
        ["key_1"],
        ("key_1",),
        labels(["key_1"], []),
    ],
    ids=str,
)
def test_keys_to_move_forms(keys_to_move) -> None:
    tensor = simple_map()
    assert tensor.keys_to_samples(keys_to_move).keys.names == ["key_2"]
    assert tensor.keys_to_properties(keys_to_move).keys.names == ["key_2"]


def test_keys_to_move_with_values() -> None:
    tensor = TensorMap(
        labels(["key_1", "key_2"], [[0, 0], [1, 0], [2, 0]]),
        [simple_block(start=float(i)) for i in range(3)],
    )
    selection = labels(["key_1"], [[2], [0], [5]])
    moved = tensor.keys_to_properties(selection, fill_value=-1)
    expected = [[2, 0], [2, 1], [0, 0], [0, 1], [5, 0], [5, 1]]
    assert moved.block().properties.values.tolist() == expected
    assert torch.all(moved.block().values[:, :, 4:] == -1)
    with pytest.raises(RuntimeError):
        tensor.keys_to_samples(selection)


@pytest.mark.parametrize("name", ["keys_to_samples", "keys_to_properties"])
def test_keys_to_move_errors(name: str) -> None:
    function = getattr(simple_map(), name)
    for bad in [3, 1.0, None, torch.zeros(1), True, {"a": 1}]:
        with pytest.raises(TypeError, match=f"keys_to_move.*{name}"):
            function(bad)
    with pytest.raises(TypeError, match="list of strings.*int"):
        function([3])
    with pytest.raises(TypeError, match="tuple of strings.*int"):
        function(("key_1", 3))
    with pytest.raises(TypeError, match="Labels"):
        function(simple_block())
    with pytest.raises(RuntimeError, match="nope"):
        function("nope")


def test_fill_value() -> None:
    tensor = simple_map()
    for fill in [0, -1, 2.5, float("nan"), True]:
        moved = tensor.keys_to_properties("key_1", fill_value=fill)
        value = moved.block({"key_2": 0}).values[1, 0, 0]
        torch.testing.assert_close(
            value, torch.tensor(fill, dtype=torch.float64), equal_nan=True
        )
    # default
    moved = tensor.keys_to_properties("key_1")
    assert moved.block({"key_2": 0}).values[1, 0, 0] == 0

    integers = simple_map(dtype=torch.int32)
    with pytest.raises(RuntimeError):
        integers.keys_to_properties("key_1", fill_value=float("nan"))
    with pytest.raises(RuntimeError):
        integers.keys_to_properties("key_1", fill_value=2**40)
    with pytest.raises(RuntimeError):
        tensor.keys_to_samples("key_1", fill_value=1.0 + 2.0j)
    with pytest.raises(RuntimeError):
        simple_map(dtype=torch.float32).keys_to_samples("key_1", fill_value=1e300)

    for dtype in [torch.float16, torch.complex64, torch.bool, torch.uint8, torch.int64]:
        moved = simple_map(dtype=dtype).keys_to_properties("key_1", fill_value=1)
        assert moved.block({"key_2": 0}).values.dtype == dtype
        assert moved.block({"key_2": 0}).values[1, 0, 0] == 1
    moved = simple_map(dtype=torch.complex128).keys_to_properties("key_1", fill_value=1j)
    assert moved.block({"key_2": 0}).values[1, 0, 0] == 1j


def test_components_to_properties() -> None:
    tensor = simple_map(gradient=True)
    tensor.set_info("a", "b")
    for names in ["c", ["c"], ("c",)]:
        moved = tensor.components_to_properties(names)
        assert moved.component_names == []
        assert moved.property_names == ["c", "p"]
        assert moved.get_info("a") == "b"
        check_devices(moved)
        values = tensor.block_by_id(1).values
        assert torch.equal(moved.block_by_id(1).values, values.reshape(3, 6))
        gradient = moved.block_by_id(1).gradient("g")
        assert [c.names for c in gradient.components] == [["xyz"]]
        assert gradient.values.shape == (3, 3, 6)

    with pytest.raises(RuntimeError, match="nope"):
        tensor.components_to_properties("nope")
    for bad in [3, None, 1.0, torch.zeros(1), simple_block()]:
        with pytest.raises(TypeError, match="components_to_properties"):
            tensor.components_to_properties(bad)
    with pytest.raises(TypeError, match="list of strings"):
        tensor.components_to_properties([3])
    with pytest.raises(TypeError, match="tuple of strings"):
        tensor.components_to_properties(("c", 3))


def small_map(values: List[torch.Tensor], gradients: List[torch.Tensor]):
    blocks = []
    for i, (v, g) in enumerate(zip(values, gradients)):
        block = TensorBlock(
            v, labels(["s"], [[i], [i + 1]]), [Labels.range("c", 2)], Labels.range("p", 2)
        )
        block.add_gradient(
            "g",
            TensorBlock(
                g,
                labels(["sample", "a"], [[0, i], [1, 3]]),
                block.components,
                block.properties,
            ),
        )
        blocks.append(block)
    return TensorMap(labels(["k"], [[3], [1]]), blocks)


MOVES = {
    "keys_to_samples": lambda t: t.keys_to_samples("k"),
    "keys_to_properties": lambda t: t.keys_to_properties("k"),
    "components_to_properties": lambda t: t.components_to_properties("c"),
    "copy": lambda t: t.copy(),
    "to": lambda t: t.to("cpu", torch.float64),
}


@pytest.mark.parametrize("name", MOVES)
def test_autograd(name: str) -> None:
    def function(*tensors: torch.Tensor):
        moved = MOVES[name](small_map(list(tensors[:2]), list(tensors[2:])))
        outputs = []
        for block in moved.blocks():
            outputs.append(block.values)
            outputs.append(block.gradient("g").values)
        # make second derivatives non zero
        return tuple(output**3 for output in outputs)

    inputs = [
        torch.rand(2, 2, 2, dtype=torch.float64, requires_grad=True) for _ in range(4)
    ]
    assert torch.autograd.gradcheck(function, inputs)
    assert torch.autograd.gradgradcheck(function, inputs)


def test_autograd_does_not_reach_labels() -> None:
    tensor = simple_map(requires_grad=True).keys_to_samples("key_1")
    assert tensor.block(0).values.requires_grad
    assert not tensor.block(0).samples.values.requires_grad


def test_forward_mode() -> None:
    primal = torch.rand(2, 2, 2, dtype=torch.float64)
    tangent = torch.rand(2, 2, 2, dtype=torch.float64)
    with torch.autograd.forward_ad.dual_level():
        dual = torch.autograd.forward_ad.make_dual(primal, tangent)
        tensor = small_map([dual, dual], [dual, dual]).keys_to_samples("k")
        unpacked = torch.autograd.forward_ad.unpack_dual(tensor.block().values)
        assert unpacked.tangent is not None
        assert torch.allclose(unpacked.tangent.sum(), 2 * tangent.sum())


def test_to() -> None:
    tensor = simple_map(gradient=True)
    tensor.set_info("a", "b")
    same = tensor.to()
    assert same.block(0).values is tensor.block(0).values
    assert same.get_info("a") == "b"

    other = tensor.to(torch.float32)
    assert other.block(0).values.dtype == torch.float32
    assert other.block(0).gradient("g").values.dtype == torch.float32
    assert other.keys.values.data_ptr() == tensor.keys.values.data_ptr()
    assert other.get_info("a") == "b"

    meta = tensor.to("meta", non_blocking=True)
    assert meta.device == torch.device("meta")
    assert meta.get_info("a") == "b"
    check_devices(meta)
    meta = tensor.to(torch.float32, "meta")
    assert meta.block(1).values.dtype == torch.float32

    for form in [
        tensor.to("meta", torch.float32),
        tensor.to(torch.float32, device="meta"),
        tensor.to(torch.device("meta"), dtype=torch.float32, arrays="torch"),
        tensor.to(dtype=torch.float32, device=torch.device("meta")),
    ]:
        assert form.device == torch.device("meta")
        assert form.block(0).values.dtype == torch.float32

    with pytest.raises(TypeError, match="TensorMap.to.*bool"):
        tensor.to(True)
    with pytest.raises(ValueError, match="device.*twice.*TensorMap.to"):
        tensor.to("cpu", device="meta")
    with pytest.raises(ValueError, match="dtype.*twice.*TensorMap.to"):
        tensor.to(torch.float32, torch.float64)
    with pytest.raises(ValueError, match="arrays.*'jax'"):
        tensor.to(arrays="jax")


def test_to_keeps_shared_labels_shared() -> None:
    samples = Labels.range("s", 3)
    properties = Labels.range("p", 2)
    blocks = [TensorBlock(torch.rand(3, 2), samples, [], properties) for _ in range(3)]
    tensor = TensorMap(Labels.range("key", 3), blocks).to("meta")
    handles = {block.samples.as_mts_labels_t() for block in tensor.blocks()}
    assert len(handles) == 1
    handles = {block.properties.as_mts_labels_t() for block in tensor.blocks()}
    assert len(handles) == 1


def test_meta() -> None:
    tensor = simple_map().to("meta")
    assert len(tensor) == 4
    assert tensor.keys.names == ["key_1", "key_2"]
    assert tensor.block_by_id(0).shape == [3, 2, 1]
    assert len(tensor.copy()) == 4
    assert tensor.copy().block(0).device == torch.device("meta")
    assert tensor.to(torch.float32).block(0).values.dtype == torch.float32
    for function in [
        lambda: tensor.block({"key_1": 1}),
        lambda: tensor.keys_to_samples("key_1"),
        lambda: tensor.save_buffer(),
        lambda: tensor.print(-1),
    ]:
        with pytest.raises((RuntimeError, NotImplementedError)):
            function()


def test_copy() -> None:
    tensor = simple_map(gradient=True)
    tensor.set_info("z", "1")
    tensor.set_info("a", "2")
    for deep in [True, False]:
        other = tensor.copy(deep=deep)
        assert list(other.info().items()) == [("z", "1"), ("a", "2")]
        assert other.keys.values.data_ptr() == tensor.keys.values.data_ptr()
        for a, b in zip(other.blocks(), tensor.blocks()):
            assert torch.equal(a.values, b.values)
            same = a.values.data_ptr() == b.values.data_ptr()
            assert same == (not deep)
            same = a.gradient("g").values.data_ptr() == b.gradient("g").values.data_ptr()
            assert same == (not deep)
            assert a.samples.values.data_ptr() == b.samples.values.data_ptr()
        assert not other.is_view

    assert copy.copy(tensor).block(0).values.data_ptr() == tensor.block(0).values.data_ptr()
    deep = copy.deepcopy(tensor)
    assert deep.block(0).values.data_ptr() != tensor.block(0).values.data_ptr()
    assert dict(deep.info()) == {"z": "1", "a": "2"}


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
        with pytest.raises(RuntimeError, match="released"):
            function()

    again = TensorMap.unsafe_from_ptr(ptr)
    assert len(again) == 4
    assert not again.is_view
    with pytest.raises(RuntimeError, match="released"):
        TensorMap.unsafe_from_ptr(0).keys  # noqa: B018


def test_views() -> None:
    tensor = simple_map()
    view = TensorMap.unsafe_view_from_ptr(tensor.as_mts_tensormap_t(), tensor)
    assert view.is_view
    view.set_info("a", "b")
    assert tensor.get_info("a") == "b"
    with pytest.raises(RuntimeError, match="view"):
        view.release()
    with pytest.raises(ValueError, match="parent"):
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
    with pytest.raises(RuntimeError, match="view"):
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

    with pytest.raises(RuntimeError, match="we have 4 blocks but the index is 33"):
        function(simple_map(), 33)


def test_not_implemented() -> None:
    tensor = simple_map()
    with pytest.raises(NotImplementedError):
        tensor == tensor  # noqa: B015
    with pytest.raises(NotImplementedError):
        3 in tensor  # noqa: B015
