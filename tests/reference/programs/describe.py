"""Read every file of a folder and print all that is in them, as JSON: ``describe.py FOLDER``."""

import json
import sys
from pathlib import Path

import metatensor
import numpy as np


def describe_labels(labels):
    return {"names": list(labels.names), "values": np.asarray(labels.values).tolist()}


def describe_block(block):
    array = np.asarray(block.values)
    return {
        "dtype": str(array.dtype),
        "shape": list(array.shape),
        "bytes": np.ascontiguousarray(array).tobytes().hex(),
        "samples": describe_labels(block.samples),
        "components": [describe_labels(component) for component in block.components],
        "properties": describe_labels(block.properties),
        "gradients": {name: describe_block(gradient) for name, gradient in block.gradients()},
    }


def describe(path):
    if path.stem.startswith("labels"):
        return describe_labels(metatensor.load_labels(str(path)))
    if path.stem.startswith("block"):
        return describe_block(metatensor.load_block(str(path)))
    tensor = metatensor.load(str(path))
    return {
        "keys": describe_labels(tensor.keys),
        "blocks": [describe_block(block) for block in tensor.blocks()],
        "info": tensor.info(),
    }


paths = sorted(Path(sys.argv[1]).glob("*.mts"))
json.dump({path.stem: describe(path) for path in paths}, sys.stdout, sort_keys=True)
