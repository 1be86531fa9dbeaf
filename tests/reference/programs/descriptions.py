"""Neutral form of values: JSON, the same for both implementations and both flavours."""

import itertools

import metatensor
import numpy as np

#: Longer iterators are cut: they may not end
LONGEST = 1000


def qualified_name(value):
    """Name of the class of a value."""
    kind = type(value)
    # the operations were a package of their own
    module = kind.__module__.replace("metatensor_operations", "metatensor.operations")
    return f"{module}.{kind.__qualname__}"


def class_name(value):
    """Short name of the class of a value, the same for the classes of TorchScript."""
    name = type(value).__name__
    return value._type().name() if name == "ScriptObject" else name


def describe(value):
    """Describe anything which functions of the library may return."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return {"float": repr(value)}
    if isinstance(value, complex):
        return {"complex": repr(value)}
    for kind, function in DESCRIBED.items():
        if isinstance(value, kind):
            return function(value)
    if class_name(value) in TORCH:
        return TORCH[class_name(value)](value)
    if hasattr(value, "__next__"):
        return {"iterator": describe(list(itertools.islice(value, LONGEST)))}
    name = qualified_name(value)
    if name == "torch.Tensor":
        return describe_tensor(value)
    if name in ("torch.dtype", "torch.device", "torch.Size"):
        return {name: str(value)}
    return {"object": name}


def describe_array(array, engine="numpy"):
    return {
        "array": {
            "engine": engine,
            "dtype": str(array.dtype),
            "shape": list(array.shape),
            # easier to read than bytes
            "values": array.tolist() if array.dtype.kind in "iub" else None,
            "bytes": None if array.dtype.kind in "iub" else array.tobytes().hex(),
        }
    }


def describe_tensor(tensor):
    import torch

    if tensor.device.type == "meta":
        return {"meta": [str(tensor.dtype), list(tensor.shape)]}
    if tensor.dtype == torch.bfloat16:
        return {"bfloat16": describe_array(tensor.float().numpy())}
    description = describe_array(tensor.detach().numpy(), "torch")
    if tensor.requires_grad:
        description["array"]["requires_grad"] = True
    return description


def describe_labels(labels):
    return {
        "labels": {
            "names": list(labels.names),
            "values": describe(labels.values),
            "device": describe(labels.device),
        }
    }


def describe_entry(entry):
    return {"entry": {"names": list(entry.names), "values": describe(entry.values)}}


def describe_block(block):
    return {
        "block": {
            "values": describe(block.values),
            "samples": describe(block.samples),
            "components": [describe(labels) for labels in block.components],
            "properties": describe(block.properties),
            "gradients": {name: describe(block.gradient(name)) for name in block.gradients_list()},
            "device": describe(block.device),
            "dtype": describe(block.dtype),
            "is_view": getattr(block, "is_view", None),
        }
    }


def describe_map(tensor):
    return {
        "map": {
            "keys": describe(tensor.keys),
            "blocks": [describe(block) for block in tensor.blocks()],
            "info": tensor.info(),
        }
    }


DESCRIBED = {
    metatensor.Labels: describe_labels,
    metatensor.LabelsEntry: describe_entry,
    metatensor.TensorBlock: describe_block,
    metatensor.TensorMap: describe_map,
    np.ndarray: describe_array,
    np.generic: lambda value: {"scalar": [str(value.dtype), str(value)]},
    np.dtype: lambda value: {"dtype": str(value)},
    (bytes, bytearray, memoryview): lambda value: {"bytes": bytes(value).hex()},
    list: lambda value: {"list": [describe(item) for item in value]},
    tuple: lambda value: {"tuple": [describe(item) for item in value]},
    dict: lambda value: {"dict": [[describe(k), describe(v)] for k, v in value.items()]},
}
#: The same for the classes of TorchScript
TORCH = {
    "Labels": describe_labels,
    "LabelsEntry": describe_entry,
    "TensorBlock": describe_block,
    "TensorMap": describe_map,
}


def build(description, package=metatensor):
    """Make what was described: an array, labels, a block or a map.

    :param package: where the classes are, ``metatensor`` or ``metatensor.torch``
    """
    ((kind, content),) = description.items()
    return BUILT[kind](content, package)


def build_array(content, package):
    dtype = np.dtype(content["dtype"].removeprefix("torch."))
    if content["bytes"] is None:
        array = np.array(content["values"], dtype=dtype)
    else:
        array = np.frombuffer(bytes.fromhex(content["bytes"]), dtype=dtype).copy()
    array = array.reshape(content["shape"])
    if content["engine"] == "torch":
        import torch

        return torch.from_numpy(array).requires_grad_(content.get("requires_grad", False))
    return array


def build_labels(content, package):
    return package.Labels(content["names"], build(content["values"]))


def build_block(content, package):
    block = package.TensorBlock(
        build(content["values"]),
        build(content["samples"], package),
        [build(labels, package) for labels in content["components"]],
        build(content["properties"], package),
    )
    for name, gradient in content["gradients"].items():
        block.add_gradient(name, build(gradient, package))
    return block


def build_map(content, package):
    blocks = [build(block, package) for block in content["blocks"]]
    tensor = package.TensorMap(build(content["keys"], package), blocks)
    for key, value in content["info"].items():
        tensor.set_info(key, value)
    return tensor


BUILT = {
    "array": build_array,
    "block": build_block,
    "float": lambda content, package: float(content),
    "labels": build_labels,
    "map": build_map,
    "scalar": lambda content, package: np.dtype(content[0]).type(content[1]),
}
