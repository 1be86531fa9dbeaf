"""Write the files of ``tests/vectors``, with the reference implementation.

Run this inside an environment with the released ``metatensor-core`` wheel. The files are
what our library has to write, byte for byte; ``cases.json`` says what is in them.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import metatensor
import numpy as np
from metatensor import Labels, TensorBlock, TensorMap

VECTORS = Path(__file__).resolve().parents[1] / "tests" / "vectors"

DTYPES = {
    "int8": "i1",
    "int16": "i2",
    "int32": "i4",
    "int64": "i8",
    "uint8": "u1",
    "uint16": "u2",
    "uint32": "u4",
    "uint64": "u8",
    "float16": "f2",
    "float32": "f4",
    "float64": "f8",
    "complex64": "c8",
    "complex128": "c16",
    "bool": "?",
}


def labels(names: list[str], rows: list[list[int]]) -> Labels:
    """Labels from lists."""
    return Labels(names, np.array(rows, dtype=np.int32).reshape(-1, len(names)))


def values(shape: tuple[int, ...], dtype: str, start: int) -> Any:
    """Different numbers, of both signs where they exist."""
    numbers = np.arange(start, start + np.prod(shape, dtype=int)).reshape(shape)
    if dtype == "?":
        return numbers % 3 == 0
    if dtype.startswith("c"):
        return (numbers - 7.5j * numbers).astype(dtype)
    if dtype.startswith("u"):
        return numbers.astype(dtype)
    return (numbers * (-1) ** numbers).astype(dtype)


def simple(dtype: str) -> TensorMap:
    """Two blocks of different sizes, one of them without samples."""
    properties = labels(["n", "l"], [[0, 1], [3, -2]])
    blocks = [
        TensorBlock(values((3, 2), dtype, 1), labels(["s"], [[4], [0], [-1]]), [], properties),
        TensorBlock(values((0, 2), dtype, 1), labels(["s"], []), [], properties),
    ]
    return TensorMap(labels(["key"], [[5], [1]]), blocks)


def block_with_gradients(parameters: list[str], start: int) -> TensorBlock:
    """Components, gradients and gradients of gradients."""
    components = [labels(["m"], [[-1], [0], [1]]), labels(["c"], [[7], [2]])]
    properties = labels(["n"], [[3], [1]])
    samples = labels(["s", "t"], [[0, 0], [0, 1], [2, 0]])
    block = TensorBlock(values((3, 3, 2, 2), "f8", start), samples, components, properties)
    xyz = labels(["xyz"], [[0], [1], [2]])
    for i, parameter in enumerate(parameters):
        gradient = TensorBlock(
            values((2, 3, 3, 2, 2), "f8", start + 100 * (i + 1)),
            labels(["sample", "atom"], [[0, 5], [2, 1]]),
            [xyz, *components],
            properties,
        )
        second = TensorBlock(
            values((1, 3, 3, 2, 2), "f8", start + 1000 * (i + 1)),
            labels(["sample"], [[1]]),
            [xyz, *components],
            properties,
        )
        gradient.add_gradient("cell", second)
        block.add_gradient(parameter, gradient)
    return block


def with_gradients() -> TensorMap:
    """Everything a map can have."""
    blocks = [
        block_with_gradients(["positions", "cell", "é"], 1),
        block_with_gradients(["cell", "é", "positions"], 5000),
    ]
    tensor = TensorMap(labels(["a", "b"], [[0, 1], [0, -1]]), blocks)
    tensor.set_info("zeta", "last")
    tensor.set_info("alpha", 'quote " backslash \\ newline \n tab \t bell \x07 slash / é')
    return tensor


def describe_labels(item: Labels) -> dict[str, Any]:
    """Names and rows."""
    return {"names": item.names, "values": np.asarray(item.values).tolist()}


def describe_block(block: TensorBlock) -> dict[str, Any]:
    """Labels of all axes, and the bytes of the values."""
    array = np.ascontiguousarray(block.values)
    return {
        "samples": describe_labels(block.samples),
        "components": [describe_labels(component) for component in block.components],
        "properties": describe_labels(block.properties),
        "shape": list(array.shape),
        "dtype": str(array.dtype),
        "hex": array.astype(array.dtype.newbyteorder("<")).tobytes().hex(),
        "gradients": {
            parameter: describe_block(block.gradient(parameter))
            for parameter in sorted(block.gradients_list())
        },
    }


def describe(item: Labels | TensorBlock | TensorMap) -> dict[str, Any]:
    """What is in a file."""
    if isinstance(item, Labels):
        return {"kind": "labels", "labels": describe_labels(item)}
    if isinstance(item, TensorBlock):
        return {"kind": "block", "block": describe_block(item)}
    return {
        "kind": "map",
        "keys": describe_labels(item.keys),
        "blocks": [describe_block(block) for block in item.blocks()],
        "info": dict(item.info()),
    }


def compressed(content: bytes) -> bytes:
    """Rewrite an archive with compressed entries, as older versions did."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(output, "w") as target:
        for entry in source.infolist():
            info = zipfile.ZipInfo(entry.filename)  # dated 1980-01-01
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, source.read(entry))
    return output.getvalue()


def main() -> None:
    """Write all the files."""
    VECTORS.mkdir(parents=True, exist_ok=True)
    items: dict[str, Labels | TensorBlock | TensorMap] = {
        f"map-{name}": simple(dtype) for name, dtype in DTYPES.items()
    }
    items["map-gradients"] = with_gradients()
    items["map-without-blocks"] = TensorMap(labels(["key"], []), [])
    items["block"] = block_with_gradients(["positions"], 1)
    items["labels"] = labels(["a", "b_2", "_"], [[1, 2, -3], [0, 2147483647, -2147483648]])
    items["labels-without-rows"] = labels(["a", "b"], [])
    # the longest name which leaves no place for padding, and one more
    for size in (48, 49):
        items[f"labels-name-{size}"] = labels(["n" * size], [[1]])

    cases = {}
    for name, item in items.items():
        content = bytes(metatensor.io.save_buffer(item))
        (VECTORS / f"{name}.mts").write_bytes(content)
        cases[name] = describe(item)
    content = compressed((VECTORS / "map-gradients.mts").read_bytes())
    (VECTORS / "map-gradients-compressed.mts").write_bytes(content)
    (VECTORS / "cases.json").write_text(json.dumps(cases, indent=1, sort_keys=True) + "\n")
    print(f"wrote {len(items) + 2} files with metatensor-core {metatensor.__version__}")


if __name__ == "__main__":
    main()
