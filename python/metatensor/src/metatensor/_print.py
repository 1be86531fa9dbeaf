"""Text for blocks and tensor maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._arrays import engine_of
from ._arrays._registry import type_name
from ._block_data import RELEASED, BlockData

if TYPE_CHECKING:
    from ._block import TensorBlock
    from ._tensor import TensorMap


def shape_text(data: BlockData) -> str:
    """Shape of a block, as ``(1, 2)`` whatever the array library."""
    try:
        sizes = [str(int(size)) for size in data.values.shape]
    except (AttributeError, TypeError):
        # anything can be there inside of transformations of pytrees
        return f"<{type_name(data.values)}>"
    return "(" + ", ".join(sizes) + ")"


def block_title(block: TensorBlock) -> tuple[str, str]:
    """Class and description of a block, for the first line of its text."""
    shape = shape_text(block._data)
    if block._title is None:
        return "TensorBlock", f" with shape {shape}"
    return "TensorBlock", f" gradient for '{block._title}', with shape {shape}"


def print_block(block: TensorBlock) -> str:
    """Text for a block."""
    data = block._data
    if data is RELEASED:
        return "TensorBlock(<empty>)"
    data.refresh_gradients()
    lines = ["".join(block_title(block))]
    lines.append(f"    samples: {_list(data.samples.names)}")
    if data.components:
        names = [name for labels in data.components for name in labels.names]
        lines.append(f"    components: {_list(names)}")
    lines.append(f"    properties: {_list(data.properties.names)}")

    if data.gradients:
        lines += ["", "    gradients:"]
        width = max(len(parameter) for parameter in data.gradients)
        for parameter, gradient in data.gradients.items():
            lines.append(
                f"        {parameter.ljust(width)} => TensorBlock with shape {shape_text(gradient)}"
            )
    return "\n".join(lines)


def print_map(tensor: TensorMap, max_keys: int) -> str:
    """Text for a map, with at most ``max_keys`` blocks unless it is negative."""
    if tensor._is_empty():
        return "TensorMap(<empty>)"
    blocks = tensor._loaded_blocks()
    count = len(blocks)
    shown = count if max_keys < 0 else min(count, max_keys)

    lines = [
        f"TensorMap with {count} block" + ("" if count == 1 else "s"),
        f"    keys: {_list(tensor.keys.names)}",
        "    blocks:",
    ]
    rows = _shown_rows(tensor.keys.values)[:shown]
    widths = [2 + max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row, data in zip(rows, blocks, strict=False):
        cells = "".join(center(cell, width) for cell, width in zip(row, widths, strict=True))
        lines.append(f"      {cells}  => TensorBlock with shape {shape_text(data)}")
    if shown < count:
        lines.append(" " * (6 + sum(widths)) + " ...")
    return "\n".join(lines)


def _shown_rows(values: Any) -> list[list[str]]:
    try:
        rows = engine_of(values).tolist(values)
    except NotImplementedError:  # no data on this device, but printing never fails
        rows = [["?"] * values.shape[1] for _ in range(values.shape[0])]
    return [[str(value) for value in row] for row in rows]


def center(text: str, width: int) -> str:
    """Text with blanks on both sides, with the additional one after."""
    before = (width - len(text)) // 2
    return " " * before + text + " " * (width - len(text) - before)


def _list(names: list[str]) -> str:
    return "[" + ", ".join(names) + "]"
