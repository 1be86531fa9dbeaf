"""Maps whose keys are moved in several tests."""

from builders import labels
from metatensor import TensorBlock, TensorMap


def block(engine, samples, properties, values, gradient=None, dtype="float64"):
    properties = labels("n", [[n] for n in properties])
    result = TensorBlock(
        engine.array(values, dtype), labels("s", [[s] for s in samples]), [], properties
    )
    if gradient is not None:
        rows, gradient_values = gradient
        result.add_gradient(
            "g",
            TensorBlock(
                engine.array(gradient_values, dtype), labels("sample atom", rows), [], properties
            ),
        )
    return result


def example_1(engine, dtype="float64"):
    return TensorMap(
        labels("k1 k2", [[0, 0], [1, 0], [0, 1]]),
        [
            block(engine, [0, 2], [0, 1], [[1, 2], [3, 4]], dtype=dtype),
            block(engine, [1, 2], [1, 5], [[5, 6], [7, 8]], dtype=dtype),
            block(engine, [4], [0, 1], [[9, 10]], dtype=dtype),
        ],
    )


def example_4(engine):
    first = ([[0, 5], [1, 4], [0, 1]], [[205], [4], [201]])
    second = ([[1, 5], [0, 9], [1, 7]], [[1025], [1019], [1027]])
    return TensorMap(
        labels("k", [[0], [1]]),
        [
            block(engine, [2, 0], [0], [[20], [0]], first),
            block(engine, [1, 2], [0], [[101], [102]], second),
        ],
    )
