"""``torch.compile`` of functions of tensor maps.

Each case has two numbers: of graphs which are compiled, and of graph breaks, at most. They are
also in the guide about array libraries.
"""

import numpy as np
import pytest
from metatensor import Labels, TensorBlock, TensorMap
from metatensor import operations as mts

torch = pytest.importorskip("torch")
CompileCounter = pytest.importorskip("torch._dynamo.testing").CompileCounter
counters = pytest.importorskip("torch._dynamo.utils").counters
nn = pytest.importorskip("metatensor.learn.nn")

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    # the compiler looks at all attributes of tensors
    pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor:UserWarning"),
]
OUT = Labels.range("out", 2)
KEYS = Labels.range("type", 3)


def make_map(first=0, n_samples=6, requires_grad=False):
    generator = torch.Generator().manual_seed(first)
    blocks = []
    for _ in range(len(KEYS)):
        rows = np.array([[first + i // 2, i] for i in range(n_samples)])
        values = torch.rand(n_samples, 3, 4, generator=generator, dtype=torch.float64)
        blocks.append(
            TensorBlock(
                values.requires_grad_(requires_grad),
                Labels(["system", "atom"], rows),
                [Labels.range("xyz", 3)],
                Labels.range("n", 4),
            )
        )
    return TensorMap(KEYS, blocks)


def loop(tensor):
    total = torch.zeros((), dtype=torch.float64)
    for block in tensor.blocks():
        total = total + torch.tanh(block.values).pow(2).sum()
    return total


def keys_and_labels(tensor):
    total = torch.zeros((), dtype=torch.float64)
    for key, block in tensor.items():
        total = total + block.values.sum() * float(key["type"]) + len(block.samples)
    return total


def new_blocks(tensor):
    values = []
    for block in tensor.blocks():
        values.append(torch.tanh(block.values[..., :2]))
    blocks = [
        TensorBlock(array, block.samples, block.components, OUT)
        for array, block in zip(values, tensor.blocks())
    ]
    return TensorMap(tensor.keys, blocks)


def operations(tensor):
    return mts.sum_over_samples(mts.multiply(mts.add(tensor, tensor), 0.5), "atom")


def moved_keys(tensor):
    moved = mts.multiply(tensor, 2.0).keys_to_samples("type").components_to_properties("xyz")
    return torch.exp(moved.block().values)


def operators(tensor):
    return torch.exp((tensor * 2.0 - 1.0).block(0).values)


def selection(tensor):
    rows = Labels(["atom"], np.array([[1], [3]]))
    sliced = mts.slice(tensor, "samples", rows)
    total = torch.zeros((), dtype=torch.float64)
    for block in sliced.blocks():
        total = total + torch.sin(block.values).sum()
    return total


def network():
    torch.manual_seed(0)
    first, last = (nn.Linear(KEYS, *sizes, dtype=torch.float64) for sizes in ((4, 5), (5, 2)))
    return nn.Sequential(KEYS, first, nn.Tanh(KEYS), last)


class Energy(torch.nn.Module):
    """A model as users write them."""

    def __init__(self):
        super().__init__()
        self.network = network()

    def forward(self, tensor):
        atoms = self.network(mts.multiply(tensor, 2.0))
        systems = mts.sum_over_samples(atoms, "atom").keys_to_properties("type")
        return torch.relu(systems.block().values).sum()


#: what makes the function, numbers of graphs and of graph breaks
CASES = {
    "loop": (lambda: loop, 2, 1),
    "keys and labels": (lambda: keys_and_labels, 1, 1),
    "new blocks": (lambda: new_blocks, 1, 3),
    "operations": (lambda: operations, 0, 3),
    "moved keys": (lambda: moved_keys, 1, 4),
    # Python does all of this
    "operators": (lambda: operators, 0, 0),
    "selection": (lambda: selection, 3, 3),
    "network": (network, 1, 3),
    "model": (Energy, 2, 8),
}


@pytest.fixture(autouse=True)
def fresh_compiler():
    torch._dynamo.reset()
    counters.clear()
    yield
    torch._dynamo.reset()


def check_same(one, other):
    if isinstance(one, torch.Tensor):
        torch.testing.assert_close(one, other, rtol=1e-12, atol=1e-12)
    else:
        mts.allclose_raise(one, other, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", CASES)
def test_counts(name):
    make, graphs, breaks = CASES[name]
    function, backend = make(), CompileCounter()
    compiled = torch.compile(function, backend=backend)
    tensor = make_map()
    expected = function(tensor)
    check_same(compiled(tensor), expected)
    assert backend.frame_count >= min(graphs, 1), "nothing was compiled"
    assert backend.frame_count <= graphs
    assert sum(counters["graph_break"].values()) <= breaks
    # nothing is compiled again
    check_same(compiled(make_map()), expected)
    assert backend.frame_count <= graphs


@pytest.mark.parametrize("name", CASES)
def test_other_metadata(name):
    """What was learnt from the metadata of one map is not used for another."""
    function = CASES[name][0]()
    compiled = torch.compile(function, backend="eager")
    for tensor in (make_map(), make_map(first=3), make_map(n_samples=4), make_map(n_samples=0)):
        check_same(compiled(tensor), function(tensor))


def test_training():
    """Gradients go through compiled parts and breaks."""
    model = Energy()
    compiled = torch.compile(model, backend="aot_eager")
    gradients = []
    for function in (model, compiled):
        tensor = make_map(requires_grad=True)
        model.zero_grad()
        function(tensor).backward()
        arrays = [block.values.grad for block in tensor.blocks()]
        gradients.append([*arrays, *[weight.grad.clone() for weight in model.parameters()]])
    torch.testing.assert_close(gradients[0], gradients[1])


def test_compiled_code():
    """The default compiler, with a C++ compiler behind it."""
    tensor = make_map()
    compiled = torch.compile(loop)
    torch.testing.assert_close(compiled(tensor), loop(tensor))


def test_errors():
    """Errors are those of code which was not compiled."""

    def wrong(tensor):
        return mts.sum_over_samples(tensor, "unknown")

    with pytest.raises(ValueError, match="'unknown' is not one of the dimensions"):
        torch.compile(wrong, backend="eager")(make_map())
