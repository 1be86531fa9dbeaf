"""HTML of TorchScript objects."""

import html
import sys
import types

import metatensor
import numpy as np
import pytest
import torch
from metatensor.torch import Labels, TensorMap, _jupyter, block_from_array


@pytest.fixture
def tensor():
    """Map with a gradient."""
    block = block_from_array(torch.ones(2, 3))
    gradient = block_from_array(torch.ones(2, 3))
    block.add_gradient("g", gradient)
    return TensorMap(Labels.single(), [block])


def body(text):
    """What comes after the name of the class."""
    return text.split("<hr", 1)[1].replace("metatensor.torch", "metatensor")


def test_show(tensor):
    for value, name in (
        (tensor, "TensorMap"),
        (tensor.block(), "TensorBlock"),
        (tensor.keys, "Labels"),
        (tensor.keys[0], "LabelsEntry"),
    ):
        assert f"metatensor.torch.{name}" in _jupyter.show(value)
    text = html.unescape(_jupyter.show(tensor.block().gradient("g")))
    assert "gradient for 'g', with shape (2, 3)" in text


def test_same_as_plain_flavour():
    labels = Labels(["a", "b"], torch.tensor([[1, 2], [30, 4]]))
    plain = metatensor.Labels(["a", "b"], np.array([[1, 2], [30, 4]]))
    assert body(_jupyter.show(labels)) == body(plain._repr_html_())


class OtherObject:
    """Looks like a TorchScript object of some other library."""

    def _type(self):
        return types.SimpleNamespace(qualified_name=lambda: "__torch__.torch.classes.other.Thing")

    def __repr__(self):
        return "<Thing>"


def test_other_objects(monkeypatch):
    monkeypatch.setattr(_jupyter, "_previous", None)
    assert _jupyter.show(OtherObject()) == "<pre>&lt;Thing&gt;</pre>"
    monkeypatch.setattr(_jupyter, "_previous", lambda value: None)
    assert _jupyter.show(OtherObject()) == "<pre>&lt;Thing&gt;</pre>"
    monkeypatch.setattr(_jupyter, "_previous", lambda value: "previous")
    assert _jupyter.show(OtherObject()) == "previous"


def test_install(monkeypatch, tensor):
    registered = {}

    class Formatter:
        def for_type(self, cls, function):
            previous = registered.get(cls)
            registered[cls] = function
            return previous

    shell = types.SimpleNamespace(
        display_formatter=types.SimpleNamespace(formatters={"text/html": Formatter()})
    )
    ipython = types.ModuleType("IPython")
    ipython.get_ipython = lambda: shell
    monkeypatch.setitem(sys.modules, "IPython", ipython)
    monkeypatch.setattr(_jupyter, "_previous", None)
    registered[torch.ScriptObject] = lambda value: "something else"
    _jupyter.install()
    assert registered[torch.ScriptObject] is _jupyter.show
    assert _jupyter._previous(None) == "something else"
    _jupyter.install()
    assert _jupyter._previous(None) == "something else"
    assert "TensorMap" in _jupyter.show(tensor)

    ipython.get_ipython = lambda: None
    registered.clear()
    _jupyter.install()
    assert not registered
