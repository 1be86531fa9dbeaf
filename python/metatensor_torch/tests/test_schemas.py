"""The schemas of blocks, maps and operators are written in TorchScript archives and
in other libraries: they are part of the interface, down to names of arguments.
"""

from typing import Dict, List, Optional, Tuple

import pytest
import torch

Labels = torch.classes.metatensor.Labels
LabelsEntry = torch.classes.metatensor.LabelsEntry
TensorBlock = torch.classes.metatensor.TensorBlock
TensorMap = torch.classes.metatensor.TensorMap

PREFIX = "__torch__.torch.classes.metatensor."

# `LE`, `L`, `B` and `M` are short for the four classes
BLOCK = """
__init__(B _0, Tensor values, L samples, L[] components, L properties) -> NoneType _0
__repr__(B _0) -> str _0
__str__(B _0) -> str _0
__len__(B _0) -> int _0
copy(B _0, bool deep=True) -> B _0
values_getter(B _0) -> Tensor _0
values_setter(B _0, Tensor _1) -> NoneType _0
samples_getter(B _0) -> L _0
components_getter(B _0) -> L[] _0
properties_getter(B _0) -> L _0
shape_getter(B _0) -> int[] _0
add_gradient(B _0, str parameter, B gradient) -> NoneType _0
gradients_list(B _0) -> str[] _0
has_gradient(B _0, str parameter) -> bool _0
gradient(B _0, str parameter) -> B _0
gradients(B _0) -> ((str, B)[] _0)
device_getter(B _0) -> Device _0
dtype_getter(B _0) -> ScalarType _0
is_view_getter(B _0) -> bool _0
to(B _0, Any _0=None, Any _1=None, ScalarType? dtype=None, Device? device=None, \
str? arrays=None, bool non_blocking=False) -> B _0
pin_memory(B _0, Device? device=None) -> B _0
is_pinned(B _0) -> bool _0
save(B _0, str file) -> NoneType _0
save_buffer(B _0) -> Tensor _0
load(str _0) -> B _0
load_buffer(Tensor _0) -> B _0
unsafe_from_ptr(int _0) -> B _0
unsafe_view_from_ptr(int _0, Any _1) -> B _0
release(B _0) -> int _0
as_mts_block_t(B _0) -> int _0
__getstate__(B _0) -> Tensor _0
__setstate__(B _0, Tensor _1) -> NoneType _0
"""

MAP = """
__init__(M _0, L keys, B[] blocks) -> NoneType _0
__len__(M _0) -> int _0
__repr__(M _0) -> str _0
__str__(M _0) -> str _0
__getitem__(M _0, Any selection) -> B _0
copy(M _0, bool deep=True) -> M _0
save(M _0, str file) -> NoneType _0
save_buffer(M _0) -> Tensor _0
load(str _0) -> M _0
load_buffer(Tensor _0) -> M _0
unsafe_from_ptr(int _0) -> M _0
unsafe_view_from_ptr(int _0, Any _1) -> M _0
release(M _0) -> int _0
as_mts_tensormap_t(M _0) -> int _0
items(M _0) -> ((LE, B)[] _0)
keys_getter(M _0) -> L _0
block_by_id(M _0, int index) -> B _0
blocks_by_id(M _0, int[] indices) -> B[] _0
block(M _0, Any selection=None) -> B _0
blocks(M _0, Any selection=None) -> B[] _0
keys_to_samples(M _0, Any keys_to_move, Scalar fill_value=0, bool sort_samples=True) -> M _0
keys_to_properties(M _0, Any keys_to_move, Scalar fill_value=0, bool sort_samples=True) -> M _0
components_to_properties(M _0, Any dimensions) -> M _0
set_info(M _0, str key, str value) -> NoneType _0
get_info(M _0, str key) -> str? _0
info(M _0) -> Dict(str, str) _0
sample_names_getter(M _0) -> str[] _0
component_names_getter(M _0) -> str[] _0
property_names_getter(M _0) -> str[] _0
device_getter(M _0) -> Device _0
dtype_getter(M _0) -> ScalarType _0
is_view_getter(M _0) -> bool _0
to(M _0, Any _0=None, Any _1=None, ScalarType? dtype=None, Device? device=None, \
str? arrays=None, bool non_blocking=False) -> M _0
pin_memory(M _0, Device? device=None) -> M _0
is_pinned(M _0) -> bool _0
print(M _0, int max_keys) -> str _0
__getstate__(M _0) -> Tensor _0
__setstate__(M _0, Tensor _1) -> NoneType _0
"""

OPERATORS = """
metatensor::version() -> str
metatensor::dtype_name(ScalarType dtype) -> str
metatensor::load(str file) -> M
metatensor::load_block(str file) -> B
metatensor::load_labels(str file) -> L
metatensor::load_buffer(Tensor buffer) -> M
metatensor::load_block_buffer(Tensor buffer) -> B
metatensor::load_labels_buffer(Tensor buffer) -> L
metatensor::save.save(str file, Any data) -> ()
metatensor::save_buffer(Any data) -> Tensor
"""


def shorten(schema: str) -> str:
    for name, short in [
        ("LabelsEntry", "LE"),
        ("Labels", "L"),
        ("TensorBlock", "B"),
        ("TensorMap", "M"),
    ]:
        schema = schema.replace(PREFIX + name, short)
    return schema


def all_schemas() -> List[str]:
    """Schemas of all the methods of our classes, in order of registration"""
    schemas = [str(schema) for schema in torch._C._jit_get_custom_class_schemas()]
    return [shorten(schema) for schema in schemas if PREFIX in schema]


@pytest.mark.parametrize("expected", [BLOCK, MAP], ids=["TensorBlock", "TensorMap"])
def test_methods(expected: str) -> None:
    schemas = all_schemas()
    missing = [line for line in expected.strip().split("\n") if line not in schemas]
    assert missing == []


def test_no_other_method() -> None:
    known = set((BLOCK + MAP).strip().split("\n"))
    ours = {s for s in all_schemas() if "(B _0" in s or "(M _0" in s}
    assert {s for s in ours if s not in known} == set()


def test_operators() -> None:
    found = []
    for line in OPERATORS.strip().split("\n"):
        name, overload = line.split("(")[0].split("::")[1], "default"
        if "." in name:
            name, overload = name.split(".")
        packet = getattr(torch.ops.metatensor, name)
        assert packet.overloads() == [overload]
        found.append(shorten(str(getattr(packet, overload)._schema)))

    assert found == OPERATORS.strip().split("\n")


def test_order_of_registration() -> None:
    schemas = [str(schema) for schema in torch._C._jit_get_custom_class_schemas()]
    schemas = [schema for schema in schemas if schema.startswith("__init__(" + PREFIX)]
    classes = [schema.split(PREFIX)[1].split(" ")[0] for schema in schemas]
    assert classes == ["Labels", "TensorBlock", "TensorMap"]


def test_qualified_names() -> None:
    block = TensorBlock(torch.zeros(1, 1), Labels.range("s", 1), [], Labels.range("p", 1))
    assert block._type().qualified_name() == PREFIX + "TensorBlock"
    assert block._type().name() == "TensorBlock"
    tensor = TensorMap(Labels.single(), [block])
    assert tensor._type().qualified_name() == PREFIX + "TensorMap"
    assert tensor._type().name() == "TensorMap"


class BlockWrap:
    """All functions of blocks, called with all the names of arguments"""

    def __init__(
        self,
        values: torch.Tensor,
        samples: Labels,
        components: List[Labels],
        properties: Labels,
    ):
        self._c = TensorBlock(
            values=values,
            samples=samples,
            components=components,
            properties=properties,
        )

    def __str__(self) -> str:
        return self._c.__str__()

    def __repr__(self) -> str:
        return self._c.__repr__()

    def __len__(self) -> int:
        return len(self._c)

    def copy(self) -> TensorBlock:
        return self._c.copy(deep=False)

    def metadata(self) -> Tuple[Labels, List[Labels], Labels, List[int], bool]:
        c = self._c
        return c.samples, c.components, c.properties, c.shape, c.is_view

    def values(self) -> Tuple[torch.Tensor, torch.device, int]:
        return self._c.values, self._c.device, self._c.dtype

    def set_values(self, values: torch.Tensor) -> None:
        self._c.values = values

    def add_gradient(self, parameter: str, gradient: TensorBlock) -> None:
        self._c.add_gradient(parameter=parameter, gradient=gradient)

    def gradients(self, parameter: str) -> Optional[TensorBlock]:
        if self._c.has_gradient(parameter=parameter):
            assert parameter in self._c.gradients_list()
            pairs: List[Tuple[str, TensorBlock]] = self._c.gradients()
            assert pairs[0][0] == parameter
            return self._c.gradient(parameter=parameter)
        return None

    def to(self, dtype: torch.dtype, device: torch.device) -> TensorBlock:
        return self._c.to(dtype=dtype, device=device, arrays="torch", non_blocking=False)

    def to_positional(self, dtype: torch.dtype, device: torch.device) -> TensorBlock:
        block = self._c.to(dtype, device)
        block = block.to(device, dtype)
        block = block.to(dtype)
        block = block.to("cpu")
        block = block.to(device)
        block = block.to(dtype, device=device)
        block = block.to(device, dtype=dtype)
        return block.to()

    def save(self, file: str) -> torch.Tensor:
        self._c.save(file=file)
        return self._c.save_buffer()

    def pointers(self) -> int:
        return self._c.as_mts_block_t()


class MapWrap:
    """All functions of maps, called with all the names of arguments"""

    def __init__(self, keys: Labels, blocks: List[TensorBlock]):
        self._c = TensorMap(keys=keys, blocks=blocks)

    def __str__(self) -> str:
        return self._c.__str__()

    def __repr__(self) -> str:
        return self._c.__repr__()

    def print(self, max_keys: int) -> str:
        return self._c.print(max_keys=max_keys)

    def __len__(self) -> int:
        return len(self._c)

    def copy(self) -> TensorMap:
        return self._c.copy(deep=True)

    def items(self) -> List[Tuple[LabelsEntry, TensorBlock]]:
        return self._c.items()

    def keys(self) -> Tuple[Labels, torch.device, int, bool]:
        return self._c.keys, self._c.device, self._c.dtype, self._c.is_view

    def names(self) -> Tuple[List[str], List[str], List[str]]:
        return self._c.sample_names, self._c.component_names, self._c.property_names

    def select(
        self, index: int, selection: Dict[str, int], labels: Labels, entry: LabelsEntry
    ) -> List[TensorBlock]:
        blocks = [self._c.block(selection=index), self._c[index]]
        blocks.append(self._c.block(selection=selection))
        blocks.append(self._c[selection])
        blocks.append(self._c.block(labels))
        blocks.append(self._c.block(entry))
        blocks.append(self._c.block_by_id(index=index))
        blocks.extend(self._c.blocks_by_id(indices=[index]))
        blocks.extend(self._c.blocks(selection=[index]))
        blocks.extend(self._c.blocks(selection=selection))
        blocks.extend(self._c.blocks(labels))
        blocks.extend(self._c.blocks(entry))
        blocks.extend(self._c.blocks(index))
        blocks.extend(self._c.blocks())
        return blocks

    def moves(self, names: List[str]) -> List[TensorMap]:
        return [
            self._c.keys_to_samples(keys_to_move=names, fill_value=1, sort_samples=True),
            self._c.keys_to_samples(keys_to_move=names, fill_value=1.5),
            self._c.keys_to_properties(names[0], fill_value=1, sort_samples=True),
            self._c.keys_to_properties((names[0],), fill_value=2.5),
            self._c.components_to_properties(dimensions="c"),
            self._c.components_to_properties(["c"]),
        ]

    def complex_fill(self) -> TensorMap:
        return self._c.keys_to_samples("key_1", fill_value=1.0 + 2.0j)

    def info(self, key: str, value: str) -> Tuple[Optional[str], Dict[str, str]]:
        self._c.set_info(key=key, value=value)
        return self._c.get_info(key=key), self._c.info()

    def to(self, dtype: torch.dtype, device: torch.device) -> TensorMap:
        tensor = self._c.to(dtype, device)
        tensor = tensor.to(device, dtype)
        tensor = tensor.to(dtype=dtype, device=device, arrays="torch", non_blocking=True)
        return tensor.to()

    def save(self, file: str) -> torch.Tensor:
        self._c.save(file=file)
        return self._c.save_buffer()

    def pointers(self) -> int:
        return self._c.as_mts_tensormap_t()


class Wrapper(torch.nn.Module):
    """Keeps all functions of the classes above in a module"""

    def forward(self, values: torch.Tensor) -> Tuple[str, str]:
        samples = Labels.range("s", values.size(0))
        components = [Labels.range("c", values.size(1))]
        properties = Labels.range("p", values.size(2))
        block = BlockWrap(values, samples, components, properties)
        tensor = MapWrap(Labels.single(), [block.copy()])
        return block.__repr__(), tensor.__repr__()


def test_scripted_classes() -> None:
    torch.jit.script(BlockWrap)
    torch.jit.script(MapWrap)
    module = torch.jit.script(Wrapper())
    block, tensor = module(torch.zeros(2, 3, 4))
    assert "with shape (2, 3, 4)" in block
    assert "TensorMap with 1 block" in tensor


def test_static_methods_are_positional() -> None:
    with pytest.raises(RuntimeError, match=r"Unknown keyword argument|unexpected keyword|missing"):
        TensorMap.load(file="nope")
    with pytest.raises(RuntimeError, match=r"Unknown keyword argument|unexpected keyword|missing"):
        TensorBlock.unsafe_from_ptr(ptr=0)
