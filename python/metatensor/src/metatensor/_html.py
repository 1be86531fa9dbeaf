"""HTML for notebooks.

The functions with public names only take plain data, and are shared by all flavours of
the classes.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

from ._arrays import engine_of
from ._block_data import RELEASED, BlockData
from ._print import shape_text

if TYPE_CHECKING:
    from ._block import TensorBlock
    from ._labels import Labels
    from ._labels_entry import LabelsEntry
    from ._tensor import TensorMap

#: Names and values of labels
LabelsData = tuple[Sequence[str], Any]

_HEADER = "style='background: aliceblue; text-align: center;'"
_CELL = "style='text-align: center;'"
_MAX_HORIZONTAL = 20


class TensorBlockData(NamedTuple):
    """What is shown of a block.

    Labels are pairs of names and values, gradients are pairs of a parameter and a
    :py:class:`TensorBlockData`.
    """

    values_shape: Sequence[int] | str
    samples: LabelsData
    components: Sequence[LabelsData]
    properties: LabelsData
    gradients: Sequence[tuple[str, TensorBlockData]]


# ---------------------------------------------------------------------- whole objects
def show_labels(labels: Labels) -> str:
    """HTML for labels."""
    body = labels_html(labels.names, labels.values)
    return _object("metatensor.Labels", "", body)


def show_entry(entry: LabelsEntry) -> str:
    """HTML for an entry of labels."""
    body = labels_html(entry.names, entry._engine.reshape(entry.values, (1, len(entry))))
    return _object("metatensor.LabelsEntry", "", body)


def show_block(block: TensorBlock) -> str:
    """HTML for a block."""
    if block._data is RELEASED:
        return _object("metatensor.TensorBlock", " (empty)", "")
    block._data.refresh_gradients()
    data = _block_data(block._data)
    details = f" with shape {_shape(data)}"
    if block._title is not None:
        details = f" gradient for '{block._title}', with shape {_shape(data)}"
    body = block_html(data, module="metatensor")
    return _object("metatensor.TensorBlock", details, body)


def show_map(tensor: TensorMap) -> str:
    """HTML for a tensor map."""
    if tensor._is_empty():
        return _object("metatensor.TensorMap", " (empty)", "")
    count = len(tensor)
    body = tensor_map_html(
        tensor.keys.names,
        tensor.keys.values,
        [_block_data(block) for block in tensor._loaded_blocks()[:20]],
        module="metatensor",
    )
    details = f" with {count} block" + ("" if count == 1 else "s")
    return _object("metatensor.TensorMap", details, body)


def _block_data(data: BlockData) -> TensorBlockData:
    return TensorBlockData(
        shape_text(data),
        (data.samples.names, data.samples.values),
        [(labels.names, labels.values) for labels in data.components],
        (data.properties.names, data.properties.values),
        [(name, _block_data(gradient)) for name, gradient in data.gradients.items()],
    )


def _object(name: str, details: str, body: str) -> str:
    title = f"<div><strong>{escape(name)}</strong>{escape(details)}</div>"
    line = "<hr style='border: none; border-top: 1px solid #888; margin: 0;'>"
    return title + line + body


# ----------------------------------------------------------------------------- labels
def labels_html(
    names: Sequence[str],
    values: Any,
    *,
    default_visible_entries: int = 7,
    max_html_entries: int = 200,
) -> str:
    """Table with one row for each entry.

    :param names: names of the dimensions
    :param values: 2-D array of integers
    :param default_visible_entries: number of entries which are always visible
    :param max_html_entries: number of entries in the HTML, the others are only counted
    """
    count = values.shape[0]
    rows = _rows(values, max_html_entries)
    widths = _widths(names, rows)
    output = _table(names, rows[:default_visible_entries], widths)
    if count > default_visible_entries:
        others = _table(names, rows[default_visible_entries:], widths, count - len(rows))
        hidden = count - min(count, default_visible_entries)
        output += _details(f"show the {hidden} others", others)
    return output


def _rows(values: Any, limit: int) -> list[list[str]]:
    """Text of the first entries, fetched from their device at once."""
    engine = engine_of(values)
    try:
        rows = engine.tolist(engine.item(values, (slice(limit), slice(None))))
    except NotImplementedError:  # no data on this device
        rows = [["?"] * values.shape[1] for _ in range(min(limit, values.shape[0]))]
    return [[str(value) for value in row] for row in rows]


def _widths(names: Sequence[str], rows: list[list[str]]) -> list[int]:
    columns: list[list[str]] = [[name] for name in names]
    for row in rows:
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    return [2 + max(len(text) for text in column) for column in columns]


def _table(
    names: Sequence[str],
    rows: list[list[str]],
    widths: list[int],
    not_shown: int = 0,
) -> str:
    columns = "".join(f"<col style='width: {width}ch;'>" for width in widths)
    header = "".join(f"<th {_HEADER}>{escape(name)}</th>" for name in names)
    body = "".join(
        "<tr>" + "".join(f"<td {_CELL}>{value}</td>" for value in row) + "</tr>" for row in rows
    )
    if not_shown > 0:
        body += _count_row(f"{not_shown} more entries", len(names))
    return (
        f"<table style='margin-top: 10px'><colgroup>{columns}</colgroup>"
        f"<thead><tr>{header}</tr></thead><tbody>{body}</tbody></table>"
    )


def _count_row(text: str, columns: int) -> str:
    return f"<tr><td colspan='{max(columns, 1)}' {_CELL}>... {text}</td></tr>"


def _details(summary: str, content: str) -> str:
    return f"<details><summary>{escape(summary)}</summary>{content}</details>"


# ----------------------------------------------------------------------------- blocks
def block_html(block: TensorBlockData, *, module: str) -> str:
    """Sections for the labels and the gradients of a block.

    :param block: content of the block
    :param module: where the classes are, e.g. ``"metatensor.torch"``
    """
    output = _section("samples:", _horizontal(block.samples))
    if block.components:
        tables = "".join(_horizontal(labels) for labels in block.components)
        output += _section("components:", tables)
    output += _section("properties:", _horizontal(block.properties))
    if block.gradients:
        rows = "".join(
            f"<tr><th {_HEADER}>{escape(parameter)}</th><td>"
            + _block_details(gradient, module)
            + "</td></tr>"
            for parameter, gradient in block.gradients
        )
        output += _section("gradients:", f"<table><tbody>{rows}</tbody></table>")
    return f"<div style='margin-left: 1em;'>{output}</div>"


def _block_details(block: TensorBlockData, module: str) -> str:
    summary = f"{module}.TensorBlock with shape {_shape(block)}"
    return _details(summary, block_html(block, module=module))


def _shape(block: TensorBlockData) -> str:
    shape = block.values_shape
    if isinstance(shape, str):
        return shape
    return "(" + ", ".join(str(int(size)) for size in shape) + ")"


def _section(title: str, content: str) -> str:
    return f"<div style='margin-top: 4px;'><div><strong>{title}</strong></div>{content}</div>"


def _horizontal(labels: LabelsData) -> str:
    """Table with one line for each dimension, and the vertical table if it is long."""
    names, values = labels
    count = values.shape[0]
    rows = _rows(values, _MAX_HORIZONTAL)
    lines = ""
    for i, name in enumerate(names):
        cells = [f"<td {_CELL}>{row[i]}</td>" for row in rows]
        if count > len(rows):
            cells.append(f"<td {_CELL}>...</td>")
        if count == 0:
            cells.append("<td><em>empty</em></td>")
        lines += f"<tr><th {_HEADER}>{escape(name)}</th>{''.join(cells)}</tr>"
    if not names:
        lines = "<tr><td><em>no dimensions</em></td></tr>"
    output = f"<table style='margin-top: 4px;'><tbody>{lines}</tbody></table>"
    if count > len(rows):
        table = labels_html(names, values, default_visible_entries=200)
        output += _details(f"show {min(count, 200)} of {count} entries", table)
    return output


# ------------------------------------------------------------------------------- maps
def tensor_map_html(
    keys_names: Sequence[str],
    keys_values: Any,
    blocks: Sequence[TensorBlockData],
    *,
    module: str,
    default_visible_entries: int = 7,
    max_html_entries: int = 20,
) -> str:
    """Table with one row for each block.

    :param keys_names: names of the dimensions of the keys
    :param keys_values: 2-D array of integers, with one row for each block
    :param blocks: content of the first blocks, at least those in the HTML
    :param module: where the classes are, e.g. ``"metatensor.torch"``
    :param default_visible_entries: number of blocks which are always visible
    :param max_html_entries: number of blocks in the HTML, the others are only counted
    """
    names = ", ".join(escape(name) for name in keys_names)
    output = _section("keys:", f"[{names}]")

    count = keys_values.shape[0]
    keys = _rows(keys_values, max_html_entries)
    rows = []
    for key, block in zip(keys, blocks, strict=False):
        cells = "".join(f"<td {_CELL}>{value}</td>" for value in key)
        rows.append(f"<tr>{cells}<td>{_block_details(block, module)}</td></tr>")

    table = _blocks_table(keys_names, rows[:default_visible_entries])
    if count > default_visible_entries:
        others = rows[default_visible_entries:]
        if count > len(rows):
            text = f"{count - len(rows)} more blocks"
            others.append(_count_row(text, len(keys_names) + 1))
        hidden = count - default_visible_entries
        content = _blocks_table(keys_names, others)
        table += _details(f"show the {hidden} others", content)
    output += _section("blocks:", table)
    return f"<div style='margin-left: 1em;'>{output}</div>"


def _blocks_table(names: Sequence[str], rows: list[str]) -> str:
    header = "".join(f"<th {_HEADER}>{escape(name)}</th>" for name in names)
    return (
        f"<table><thead><tr>{header}<th {_HEADER}>block</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )
