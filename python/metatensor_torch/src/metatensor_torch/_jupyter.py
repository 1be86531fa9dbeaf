"""HTML in notebooks.

The classes of TorchScript can not have a ``_repr_html_``: IPython is told how to show all
of its objects, and only those of metatensor are shown in a special way.
"""

import html
import sys
from typing import Any, Callable, Optional

import torch
from metatensor import _html

_PREFIX = "__torch__.torch.classes.metatensor."
_MODULE = "metatensor.torch"
_MAX_BLOCKS = 20

#: formatter which was there before ours
_previous: Optional[Callable[[Any], Optional[str]]] = None


def install() -> None:
    """Register the formatter, if this process is running a notebook."""
    # nobody is using IPython if it was not imported
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if shell is None:
        return
    formatter = shell.display_formatter.formatters["text/html"]
    global _previous  # noqa: PLW0603 - there is one notebook per process
    previous = formatter.for_type(torch.ScriptObject, show)
    if previous is not show:
        _previous = previous


def show(value: torch.ScriptObject) -> str:
    """HTML for any TorchScript object."""
    name = value._type().qualified_name()
    if name.startswith(_PREFIX):
        function = _FUNCTIONS.get(name[len(_PREFIX) :])
        if function is not None:
            return function(value)
    if _previous is not None:
        text = _previous(value)
        if text is not None:
            return text
    return f"<pre>{html.escape(repr(value))}</pre>"


def _labels(labels: Any) -> Any:
    # a single copy to the CPU, whatever is shown of it
    return (labels.names, labels.values.cpu())


def _block_data(block: Any) -> _html.TensorBlockData:
    return _html.TensorBlockData(
        values_shape=block.shape,
        samples=_labels(block.samples),
        components=[_labels(component) for component in block.components],
        properties=_labels(block.properties),
        gradients=[(parameter, _block_data(g)) for parameter, g in block.gradients()],
    )


def _show_labels(labels: Any) -> str:
    return _html._object(f"{_MODULE}.Labels", "", _html.labels_html(*_labels(labels)))


def _show_entry(entry: Any) -> str:
    values = entry.values.cpu().reshape(1, -1)
    return _html._object(f"{_MODULE}.LabelsEntry", "", _html.labels_html(entry.names, values))


def _show_block(block: Any) -> str:
    data = _block_data(block)
    # the first line of the text says if this is a gradient, and what its shape is
    details = str(block).split("\n", 1)[0].removeprefix("TensorBlock")
    return _html._object(f"{_MODULE}.TensorBlock", details, _html.block_html(data, module=_MODULE))


def _show_map(tensor: Any) -> str:
    count = len(tensor)
    names, values = _labels(tensor.keys)
    blocks = [_block_data(tensor.block_by_id(i)) for i in range(min(count, _MAX_BLOCKS))]
    body = _html.tensor_map_html(names, values, blocks, module=_MODULE)
    details = f" with {count} block" + ("" if count == 1 else "s")
    return _html._object(f"{_MODULE}.TensorMap", details, body)


_FUNCTIONS: dict[str, Callable[[Any], str]] = {
    "Labels": _show_labels,
    "LabelsEntry": _show_entry,
    "TensorBlock": _show_block,
    "TensorMap": _show_map,
}
