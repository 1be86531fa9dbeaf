"""Print the public API as JSON: ``public_api.py MODULE…``; runs with both implementations.

There are only facts in there: names, what they are, and the parameters of functions.
"""

import contextlib
import importlib
import inspect
import json
import pkgutil
import sys
import types


def is_public(name):
    return not name.startswith("_")


def modules_in(name):
    """Public modules of a package; what is in private ones is seen where it is used."""
    module = importlib.import_module(name)
    found = {name: module}
    for info in pkgutil.iter_modules(getattr(module, "__path__", [])):
        # some need packages which are not installed
        if is_public(info.name):
            with contextlib.suppress(ImportError):
                found.update(modules_in(f"{name}.{info.name}"))
    return found


def default_of(parameter):
    """Default of a parameter, as text which does not depend on where things are."""
    value = parameter.default
    if value is parameter.empty:
        return None
    if isinstance(value, type) or callable(value):
        return value.__qualname__
    return repr(value)


def signature_of(value):
    """Name, kind and default of all parameters; ``None`` if Python does not know them."""
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return None
    return [[p.name, p.kind.name, default_of(p)] for p in parameters]


def kind_of(value):
    if isinstance(value, types.ModuleType):
        return "module"
    if isinstance(value, type):
        return "class"
    if isinstance(value, property) or inspect.isdatadescriptor(value):
        return "attribute"
    return "function" if callable(value) else "value"


#: Special methods which are part of what a class can do
SPECIAL = {
    *(
        "__add__",
        "__sub__",
        "__mul__",
        "__truediv__",
        "__pow__",
        "__matmul__",
        "__neg__",
        "__pos__",
    ),
    *("__eq__", "__ne__", "__len__", "__iter__", "__getitem__", "__setitem__", "__contains__"),
    *("__copy__", "__deepcopy__", "__repr__", "__str__", "__call__", "__array__"),
}


def describe_class(cls):
    """Members which do not come from other libraries."""
    members = {}
    for name in dir(cls):
        if not is_public(name) and name not in SPECIAL:
            continue
        owner = next((c for c in cls.__mro__ if name in vars(c)), None)
        if owner is None or owner.__module__.partition(".")[0] in FOREIGN:
            continue
        value = inspect.getattr_static(cls, name)
        static = isinstance(value, staticmethod)
        if isinstance(value, (staticmethod, classmethod)):
            value = value.__func__
        kind = kind_of(value)
        signature = signature_of(value) if kind == "function" else None
        members[name] = {"kind": kind, "static": static, "signature": signature}
    bases = [c.__qualname__ for c in cls.__mro__[1:] if c.__module__.partition(".")[0] in BASES]
    return {"members": members, "signature": signature_of(cls), "bases": bases}


FOREIGN = {"builtins", "torch", "numpy", "object", "abc", "typing", "ctypes"}
#: Libraries whose classes matter when they are base classes
BASES = {"builtins", "torch", "numpy"}


def names_of(module):
    names = {name for name in dir(module) if is_public(name)}
    return sorted(names | set(getattr(module, "__all__", [])) | {"__version__"})


def describe_module(module):
    described = {}
    for name in names_of(module):
        try:
            value = getattr(module, name)
        except (AttributeError, ImportError):
            continue
        kind = kind_of(value)
        owner = getattr(value, "__module__", None) or ""
        name_of_module = value.__name__ if kind == "module" else owner
        # what a module happens to import is not part of it
        if is_scripted(value):
            described[name] = {"kind": "function", "schema": describe_schema(value.schema)}
            continue
        is_ours = name_of_module.startswith("metatensor") or name in getattr(module, "__all__", [])
        if kind != "value" and not is_ours:
            continue
        item = {"kind": kind}
        if kind == "class":
            item.update(describe_class(value))
        elif kind == "function":
            item["signature"] = signature_of(value)
        elif kind == "value":
            item["type"] = type(value).__name__
        described[name] = item
    return described


def is_scripted(value):
    """Say if this is a function compiled by TorchScript."""
    torch = sys.modules.get("torch")
    return torch is not None and isinstance(value, torch.jit.ScriptFunction)


def describe_schema(schema):
    return {
        "arguments": [
            [a.name, str(a.type), repr(a.default_value) if a.has_default_value() else None]
            for a in schema.arguments
        ],
        "returns": [str(value.type) for value in schema.returns],
    }


def torch_schemas():
    """Methods and functions written in C++, which TorchScript knows."""
    torch = sys.modules.get("torch")
    if torch is None:
        return {}
    described = {}
    for schema in torch._C._jit_get_all_schemas():
        if schema.name.startswith("metatensor::"):
            described.setdefault(schema.name, []).append(describe_schema(schema))
    for schema in torch._C._jit_get_custom_class_schemas():
        description = describe_schema(schema)
        if ".metatensor." in str(schema):
            # static methods make an object of their class
            owner = (description["arguments"][:1] or [["", ""]])[0][1]
            owner = owner if ".metatensor." in owner else description["returns"][0]
            name = f"{owner.rpartition('.')[2]}.{schema.name}"
            described.setdefault(name, []).append(description)
    return described


found = {}
for package in sys.argv[1:]:
    found.update(modules_in(package))
api = {name: describe_module(module) for name, module in found.items()}
json.dump({"modules": api, "schemas": torch_schemas()}, sys.stdout, sort_keys=True)
