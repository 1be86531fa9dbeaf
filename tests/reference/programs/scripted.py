"""What only programs of the torch flavour do: calls from TorchScript, and derivatives."""

import linecache
import warnings

from descriptions import class_name

SCALARS = {"bool": "bool", "int": "int", "float": "float", "str": "str", "Tensor": "Tensor"}
CLASSES = ("Labels", "TensorBlock", "TensorMap")
#: Functions which were compiled
COMPILED = {}


def call_scripted(function, *arguments, **keywords):
    """Call an operation from a function compiled by TorchScript.

    Without TorchScript if there is no type for one of the arguments.
    """
    values = [*arguments, *keywords.values()]
    types = [type_of(value) for value in values]
    if None in types:
        return function(*arguments, **keywords)
    names = [f"a{i}" for i in range(len(values))]
    passed = names[: len(arguments)]
    passed += [f"{key}={name}" for key, name in zip(keywords, names[len(arguments) :])]
    # TorchScript has to know that None is nothing else
    passed = [
        text.replace(name, "None") if kind == "None" else text
        for text, name, kind in zip(passed, names, types)
    ]
    declared = [f"{n}: {t}" for n, t in zip(names, types) if t != "None"]
    source = f"def f({', '.join(declared)}):\n    return function({', '.join(passed)})\n"
    if (function.name, source) not in COMPILED:
        COMPILED[function.name, source] = compile_source(source, function)
    given = [value for value, kind in zip(values, types) if kind != "None"]
    return COMPILED[function.name, source](*given)


def type_of(value):
    """Annotation of an argument, or ``None`` if it is not clear what it is."""
    name = class_name(value)
    if value is None:
        return "None"
    if name in CLASSES or name in SCALARS:
        return name
    if name == "list":
        types = {type_of(item) for item in value}
        if len(types) == 1 and types <= {*CLASSES, *SCALARS}:
            return f"List[{types.pop()}]"
    return None


def compile_source(source, function):
    """Compile a function ``f``."""
    import typing

    import torch
    from metatensor.torch import Labels, TensorBlock, TensorMap

    names = {"Labels": Labels, "TensorBlock": TensorBlock, "TensorMap": TensorMap}
    names["__name__"] = __name__
    names.update(List=typing.List, Tensor=torch.Tensor, function=function)
    file = f"<scripted {len(COMPILED)}>"
    linecache.cache[file] = (len(source), None, source.splitlines(True), file)
    exec(compile(source, file, "exec"), names)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return torch.jit.script(names["f"])


def error_in_script(error, message):
    """Description of an error with the class it had in TorchScript, without the traceback.

    The classes of the exceptions which Python gets are ``torch.jit.Error`` or ``RuntimeError``.
    """
    if "Traceback of TorchScript" not in message:
        return {"error": error, "message": message.strip().partition("\n")[0]}
    last = message.rstrip().rpartition("<--- HERE")[2].splitlines()
    kinds = [line.partition(": ") for line in last if is_error(line.partition(": ")[0])]
    kind, _, message = kinds[-1] if kinds else (error, "", message.rstrip().splitlines()[-1])
    return {"error": f"{error}: {kind}", "message": message}


def is_error(name):
    """Say if this is the name of a class of errors."""
    return name.rpartition(".")[2].isidentifier() and name.endswith("Error")


def derivatives(output, inputs):
    """Derivatives of a weighted sum of all values of a map, for all values of another one.

    :return: list of tensors, ``None`` where nothing depends on the input
    """
    import torch

    total, outputs = 0.0, [array for array in leaves(output) if array.requires_grad]
    for array in outputs:
        weights = torch.arange(1, array.numel() + 1, dtype=torch.float64).reshape(array.shape)
        # an expression which is not linear, so that second derivatives matter as well
        total = total + (weights * (array + 0.25 * array * array)).sum()
    arrays = leaves(inputs)
    arrays = [array for array in arrays if array.requires_grad]
    if not outputs or not arrays:
        return []
    total = total.real if total.is_complex() else total
    return list(torch.autograd.grad(total, arrays, retain_graph=True, allow_unused=True))


def leaves(tensor):
    """Values of all blocks and of their gradients."""
    arrays = []
    for block in tensor.blocks():
        arrays.append(block.values)
        arrays += [block.gradient(name).values for name in block.gradients_list()]
    return arrays
