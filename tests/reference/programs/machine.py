"""Run programs written as JSON, and describe all their results: one program per line of input.

``python machine.py torch`` does so with the classes and functions of ``metatensor.torch``.

A program is a list of expressions, evaluated one after the other; its results are in the
neutral form made by ``descriptions.py``. Runs with both implementations.
"""

import copy
import functools
import importlib
import io
import json
import operator
import os
import pickle
import sys
import tempfile
import warnings

import metatensor
import numpy as np
from descriptions import build, class_name, describe, qualified_name
from scripted import call_scripted, derivatives, error_in_script


def save_and_load(value, name, **kwargs):
    """Write a file (a path if ``name`` is not empty) and give its bytes and content."""
    load = {"Labels": metatensor.load_labels, "TensorBlock": metatensor.load_block}
    load = load.get(class_name(value), metatensor.load)
    if not name:
        file = io.BytesIO()
        metatensor.save(file, value, **kwargs)
        file.seek(0)
        return [file.getvalue(), load(file)]
    with tempfile.TemporaryDirectory() as folder:
        metatensor.save(os.path.join(folder, name), value, **kwargs)
        (written,) = os.listdir(folder)
        path = os.path.join(folder, written)
        with open(path, "rb") as file:
            return [written, file.read(), load(path)]


def assign(array, index, value):
    """Change one element of an array."""
    array[tuple(index)] = value


def make_map(keys, blocks):
    """Map of copies of some blocks."""
    package = "metatensor.torch" if type(keys).__name__ == "ScriptObject" else "metatensor"
    return importlib.import_module(package).TensorMap(keys, [block.copy() for block in blocks])


FUNCTIONS = {
    "add_gradient": lambda block, name, gradient: block.add_gradient(name, gradient.copy()),
    "asarray": np.asarray,
    "assign": assign,
    "bytes": bytes,
    "contains": operator.contains,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "derivatives": derivatives,
    "getattr": getattr,
    "getitem": operator.getitem,
    "hash": hash,
    "len": len,
    "list": list,
    "make_map": make_map,
    "pickled": lambda value, protocol: pickle.loads(pickle.dumps(value, protocol)),
    "repr": repr,
    "save_and_load": save_and_load,
    "setattr": setattr,
    "str": str,
    "tolist": lambda array: array.tolist(),
    "tuple": tuple,
}
OPERATORS = ("add", "eq", "matmul", "mul", "ne", "neg", "pos", "pow", "sub", "truediv")


class Machine:
    """The values which were computed by one program.

    :param flavour: ``"plain"``, or ``"torch"`` for the classes of TorchScript
    """

    def __init__(self, flavour="plain"):
        self.values = []
        self.is_torch = flavour == "torch"
        self.package = importlib.import_module("metatensor" + ".torch" * self.is_torch)

    def run(self, expression):
        """Evaluate one expression, keep its value, and describe what happened."""
        value = None
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            try:
                value = self.evaluate(expression)
                result = {"value": describe(value)}
            except Exception as error:
                result = {"error": qualified_name(error), "message": str(error)}
                if self.is_torch:
                    result = error_in_script(**result)
        # TorchScript gives each warning once
        if caught and not self.is_torch:
            result["warnings"] = sorted(qualified_name(w.message) for w in caught)
        self.values.append(value)
        return result

    def evaluate(self, expression):
        """Value of an expression: a JSON scalar, or a dictionary with a single item."""
        if not isinstance(expression, dict):
            return expression
        ((kind, content),) = expression.items()
        return getattr(self, f"make_{kind}")(content)

    def make_var(self, index):
        return self.values[index]

    def make_built(self, description):
        return build(description, self.package)

    def make_list(self, items):
        return [self.evaluate(item) for item in items]

    def make_tuple(self, items):
        return tuple(self.make_list(items))

    def make_dict(self, items):
        return {key: self.evaluate(value) for key, value in items}

    def make_attribute(self, content):
        owner, name = content
        return getattr(self.evaluate(owner), name)

    def make_dtype(self, name):
        library, _, name = name.rpartition(".")
        if library == "torch":
            import torch

            return getattr(torch, name)
        return np.dtype(name) if library == "dtype" else getattr(np, name)

    def make_call(self, content):
        """Call a function, a class, an operator, or the method of a value."""
        target, arguments, keywords = content
        arguments = self.make_list(arguments)
        keywords = self.make_dict(keywords.items())
        return self.callable(target)(*arguments, **keywords)

    def callable(self, target):
        if isinstance(target, list):
            return getattr(self.evaluate(target[0]), target[1])
        if target in FUNCTIONS:
            return FUNCTIONS[target]
        if target in OPERATORS:
            return getattr(operator, target)
        owner, _, name = target.partition(".")
        if owner == "scripted":
            if not self.is_torch:
                return getattr(self.package.operations, name)
            return functools.partial(call_scripted, getattr(self.package.operations, name))
        owner = getattr(self.package, owner)
        return getattr(owner, name) if name else owner


def run(program, flavour="plain"):
    """Results of all expressions of a program."""
    machine = Machine(flavour)
    return [machine.run(expression) for expression in program]


if __name__ == "__main__":
    # nothing else may be written there, libraries of linear algebra do so
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line), *sys.argv[1:])), file=answers, flush=True)
