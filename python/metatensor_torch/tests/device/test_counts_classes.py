"""What the methods of the classes ask of a CUDA device, at most.

Each case has two numbers: of copies between host and device, and of synchronisations (the same
limit for each of them), and of kernels. Nothing here may depend on the number of blocks, and
there is at most one synchronisation: to learn how many rows there are.
"""

import pytest
import torch
from device_cases import DEVICES, Cases
from device_inputs import (
    N_BLOCKS,
    N_ROWS,
    Labels,
    TensorBlock,
    TensorMap,
    device_labels,
    device_rows,
    host_labels,
    make_block,
    make_map,
)

#: methods which are not counted: they exchange addresses, or read files
NOT_COUNTED = {
    *("as_mts_block_t", "as_mts_labels_t", "as_mts_tensormap_t", "release"),
    *("save", "__init__", "__getstate__", "__setstate__", "values_setter", "pin_memory"),
    *("__obj_flatten__", "__deepcopy__", "is_pinned", "record_stream"),
}


def labels_cases(device):
    """Labels whose values were made on the host, then moved."""
    labels, other = host_labels(device), host_labels(device, start=500)
    column = torch.arange(1000, device=device)
    system = Labels(["system"], torch.tensor([[3]])).to(device)
    entry = labels[3]
    on_host = host_labels("cpu", 10)
    moved = on_host.to(device)
    return {
        "names": (0, 0, lambda: labels.names),
        "values": (0, 0, lambda: labels.values),
        "device": (0, 0, lambda: labels.device),
        "__len__": (0, 0, lambda: len(labels)),
        "column": (0, 0, lambda: labels.column("atom")),
        "entry": (0, 0, lambda: labels.entry(12)),
        "__getitem__": (0, 0, lambda: (labels[-1], labels["system"])),
        "__contains__": (0, 0, lambda: [0, 3] in labels),
        "position": (0, 0, lambda: (labels.position((0, 3)), labels.position(entry))),
        "__eq__": (0, 0, lambda: labels == other),
        "__ne__": (0, 0, lambda: labels != other),
        "print": (0, 0, lambda: labels.print(4)),
        "__str__": (0, 0, lambda: str(labels)),
        "__repr__": (0, 0, lambda: repr(labels)),
        "append": (1, 10, lambda: labels.append("x", column)),
        "insert": (1, 10, lambda: labels.insert(0, "x", column)),
        "permute": (1, 2, lambda: labels.permute([1, 0])),
        "rename": (0, 0, lambda: labels.rename("atom", "a")),
        "remove": (2, 20, lambda: labels.append("x", column).remove("x")),
        "to": (1, 1, lambda: host_labels(device, 10)),
        "to, the same": (0, 0, lambda: labels.to(device)),
        "to, back": (0, 0, lambda: labels.to("cpu")),
        "to, again": (0, 0, lambda: (on_host.to(device), moved.to("cpu"))),
        "save_buffer": (0, 0, lambda: labels.save_buffer()),
        "union": (1, 60, lambda: labels.union(other)),
        "intersection": (1, 60, lambda: labels.intersection(other)),
        "difference": (1, 60, lambda: labels.difference(other)),
        "union_and_mapping": (3, 60, lambda: labels.union_and_mapping(other)),
        "intersection_and_mapping": (3, 60, lambda: labels.intersection_and_mapping(other)),
        "difference_and_mapping": (3, 60, lambda: labels.difference_and_mapping(other)),
        "select": (1, 20, lambda: labels.select(system)),
        "entries": (0, 0, lambda: [(e.names, e["atom"], e[0], e.print()) for e in on_host]),
    }


def device_labels_cases(device):
    """Labels whose values were made on the device; they are new each time."""
    rows, other_rows = device_rows(device), device_rows(device, start=500)
    system = Labels(["system"], rows[:1, :1].clone(), True)

    def labels():
        return Labels(["system", "atom"], rows, True)

    def other():
        return Labels(["system", "atom"], other_rows, True)

    return {
        "__init__, assume_unique": (0, 0, labels),
        "__init__": (1, 25, lambda: Labels(["system", "atom"], rows)),
        "__eq__": (1, 10, lambda: labels() == other()),
        "position": (1, 10, lambda: labels().position([0, 3])),
        "print": (1, 10, lambda: labels().print(4)),
        "permute": (1, 2, lambda: labels().permute([1, 0])),
        "append": (1, 10, lambda: labels().append("x", rows[:, 0])),
        "rename": (0, 0, lambda: labels().rename("atom", "a")),
        "to": (1, 0, lambda: labels().to("cpu")),
        "save_buffer": (1, 1, lambda: labels().save_buffer()),
        "union": (1, 60, lambda: labels().union(other())),
        "intersection": (1, 60, lambda: labels().intersection(other())),
        "difference": (1, 60, lambda: labels().difference(other())),
        "union_and_mapping": (1, 60, lambda: labels().union_and_mapping(other())),
        "intersection_and_mapping": (1, 60, lambda: labels().intersection_and_mapping(other())),
        "difference_and_mapping": (1, 60, lambda: labels().difference_and_mapping(other())),
        "select": (1, 20, lambda: labels().select(system)),
    }


def entry_cases(device):
    """An entry of labels made on the host."""
    entry, other = host_labels(device)[3], host_labels(device)[4]
    return {
        "names": (0, 0, lambda: entry.names),
        "values": (0, 0, lambda: entry.values),
        "device": (0, 0, lambda: entry.device),
        "__len__": (0, 0, lambda: len(entry)),
        "__getitem__": (0, 0, lambda: (entry[0], entry["atom"])),
        "__eq__": (0, 0, lambda: entry == other),
        "__ne__": (0, 0, lambda: entry != other),
        "print": (0, 0, lambda: entry.print()),
        "__str__": (0, 0, lambda: str(entry)),
        "__repr__": (0, 0, lambda: repr(entry)),
    }


def block_cases(device):
    """A block with a gradient."""
    on_host = make_block(0, gradient=True)
    block = on_host.to(device)
    gradient = block.gradient("strain")

    def add_gradient():
        new = TensorBlock(block.values, block.samples, block.components, block.properties)
        new.add_gradient("strain", gradient)

    return {
        "__init__, add_gradient": (0, 0, add_gradient),
        "add_gradient": (0, 0, add_gradient),
        "values": (0, 0, lambda: block.values),
        "samples": (0, 0, lambda: block.samples),
        "components": (0, 0, lambda: block.components),
        "properties": (0, 0, lambda: block.properties),
        "shape": (0, 0, lambda: block.shape),
        "__len__": (0, 0, lambda: len(block)),
        "device": (0, 0, lambda: block.device),
        "dtype": (0, 0, lambda: block.dtype),
        "is_view": (0, 0, lambda: block.is_view),
        "gradient": (0, 0, lambda: block.gradient("strain").values),
        "gradients": (0, 0, lambda: block.gradients()),
        "gradients_list": (0, 0, lambda: block.gradients_list()),
        "has_gradient": (0, 0, lambda: block.has_gradient("strain")),
        "copy": (0, 2, lambda: block.copy()),
        "copy, shallow": (0, 0, lambda: block.copy(False)),
        "__str__": (0, 0, lambda: str(block)),
        "__repr__": (0, 0, lambda: repr(block)),
        # one for all labels, one for all values
        "to": (3, 4, lambda: make_block(1, gradient=True).to(device)),
        "to, the same": (0, 0, lambda: block.to(device)),
        "to, dtype": (0, 2, lambda: block.to(torch.float32)),
        "to, back": (2, 2, lambda: block.to("cpu")),
        # the values and the gradient
        "save_buffer": (2, 2, lambda: block.save_buffer()),
    }


def map_cases(device):
    """A map of many blocks, whose labels were made on the host."""
    on_host = make_map("cpu")
    tensor = on_host.to(device)
    keys = tensor.keys
    key = keys[12]
    one_key = Labels(["center", "neighbor"], torch.tensor([[1, 2]])).to(device)
    blocks = tensor.blocks()

    def new_map():
        return TensorMap(keys, [block.copy(False) for block in blocks])

    return {
        "__init__": (0, 0, new_map),
        "__len__": (0, 0, lambda: len(tensor)),
        "keys": (0, 0, lambda: tensor.keys),
        "device": (0, 0, lambda: tensor.device),
        "dtype": (0, 0, lambda: tensor.dtype),
        "is_view": (0, 0, lambda: tensor.is_view),
        "sample_names": (0, 0, lambda: tensor.sample_names),
        "component_names": (0, 0, lambda: tensor.component_names),
        "property_names": (0, 0, lambda: tensor.property_names),
        "block_by_id": (0, 0, lambda: tensor.block_by_id(3)),
        "blocks_by_id": (0, 0, lambda: tensor.blocks_by_id([3, 5])),
        "block": (0, 0, lambda: tensor.block({"center": 1, "neighbor": 2})),
        "block, entry": (0, 0, lambda: tensor.block(key)),
        "block, labels": (0, 0, lambda: tensor.block(one_key)),
        "blocks": (0, 0, lambda: (tensor.blocks(), tensor.blocks({"center": 1}))),
        "__getitem__": (0, 0, lambda: tensor[3]),
        "items": (0, 0, lambda: [(k["center"], b.values) for k, b in tensor.items()]),
        "set_info": (0, 0, lambda: tensor.set_info("unit", "eV")),
        "get_info": (0, 0, lambda: tensor.get_info("unit")),
        "info": (0, 0, lambda: tensor.info()),
        "print": (0, 0, lambda: tensor.print(-1)),
        "__str__": (0, 0, lambda: str(tensor)),
        "__repr__": (0, 0, lambda: repr(tensor)),
        # one for all labels, one for all values
        "to": (2, 4, lambda: make_map("cpu").to(device)),
        "to, the same": (0, 0, lambda: tensor.to(device)),
        "to, dtype": (0, N_BLOCKS, lambda: tensor.to(torch.float32)),
        "to, back": (1, 4, lambda: tensor.to("cpu")),
        "copy": (0, N_BLOCKS, lambda: tensor.copy()),
        "copy, shallow": (0, 0, lambda: tensor.copy(False)),
        # data is read where it is
        "save_buffer": (N_BLOCKS, N_BLOCKS, lambda: tensor.save_buffer()),
        # two of these four operations: see the scripted pipeline
        "keys_to_samples": (2, 60, lambda: tensor.keys_to_samples("neighbor")),
        "keys_to_properties": (2, 120, lambda: tensor.keys_to_properties("neighbor")),
        "components_to_properties": (1, N_BLOCKS, lambda: tensor.components_to_properties("xyz")),
    }


CLASSES = {
    "Labels": labels_cases,
    "Labels on the device": device_labels_cases,
    "LabelsEntry": entry_cases,
    "TensorBlock": block_cases,
    "TensorMap": map_cases,
}
cases = Cases(CLASSES)


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize(("kind", "name"), cases.names)
def test_counts(device, kind, name):
    cases.check(device, kind, name)


@pytest.mark.parametrize("name", ["Labels", "LabelsEntry", "TensorBlock", "TensorMap"])
def test_all_methods(name):
    """There is a case for each method and property."""
    prefix = f"__torch__.torch.classes.metatensor.{name}"
    members = {
        schema.name.removesuffix("_getter")
        for schema in torch._C._jit_get_custom_class_schemas()
        if schema.arguments and str(schema.arguments[0].type) == prefix
    }
    tested = {case for kind, case in cases.names if kind == name}
    assert members - tested - NOT_COUNTED == set()


def test_inputs():
    """The labels above are what they claim to be."""
    assert len(make_map("cpu")) == N_BLOCKS
    assert len(make_block(2)) == N_ROWS
    rows = device_labels("cpu").values.tolist()
    assert sorted(rows) == host_labels("cpu").values.tolist()
    assert rows != sorted(rows)
