"""Printing of labels."""

from typing import Any, Sequence


def print_labels(names: Sequence[str], values: Any, max_entries: int, indent: int) -> str:
    """Format labels as a table.

    :param names: names of the dimensions
    :param values: 2-D numpy array
    :param max_entries: number of rows to show, at least two; all if negative
    :param indent: number of spaces in front of each line but the first one
    """
    count = len(values)
    if max_entries < 0 or count <= max_entries:
        first, last = values.tolist(), []
    else:
        shown = max(2, max_entries)
        first = values[: shown - shown // 2].tolist()
        last = values[count - shown // 2 :].tolist()

    rows = [[str(value) for value in row] for row in first + last]
    widths = [
        2 + max([len(name), *(len(row[column]) for row in rows)])
        for column, name in enumerate(names)
    ]
    lines = [_line(names, widths)]
    lines += [" " * indent + _line(row, widths) for row in rows]
    if last:
        half = sum(widths) // 2
        half -= 3 if half > 3 else 0
        lines.insert(1 + len(first), " " * (indent + half + 1) + "...")
    return "\n".join(lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    parts = []
    for column, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        padding = width - len(cell)
        before = padding // 2
        # nothing after the last column: no spaces at the end of lines
        after = padding - before if column + 1 < len(cells) else 0
        parts.append(" " * before + cell + " " * after)
    return "".join(parts)
