from html.parser import HTMLParser

import numpy as np
import pytest
from builders import labels, small_block, small_map
from metatensor import Labels, TensorBlock, TensorMap
from metatensor._html import TensorBlockData, block_html, labels_html, tensor_map_html

VOID = {"hr", "col", "br"}
PARENTS = {
    "tr": {"thead", "tbody"},
    "td": {"tr"},
    "th": {"tr"},
    "thead": {"table"},
    "tbody": {"table"},
    "summary": {"details"},
}


class Checker(HTMLParser):
    """Checks that elements are closed and inside of the right ones, and counts them."""

    def __init__(self, html):
        super().__init__()
        self.open = []
        self.count = {}
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.count[tag] = self.count.get(tag, 0) + 1
        if tag in PARENTS:
            assert self.open[-1] in PARENTS[tag], f"{tag} in {self.open[-1]}"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in {"table", "tbody", "thead", "tr"}:
            raise AssertionError(f"text outside of cells: {data}")
        self.text += data + "\n"


def test_labels(engine):
    table = Labels(["a", "bb"], engine.array([[i, -i] for i in range(300)]))
    html = Checker(table._repr_html_())
    assert html.text.startswith("metatensor.Labels\n")
    assert html.count["table"] == 2
    assert "show the 293 others" in html.text
    # two headers, 200 entries and the number of those which are missing
    assert html.count["tr"] == 2 + 200 + 1
    assert "100 more entries" in html.text
    assert "tensor(" not in html.text

    html = Checker(table[3]._repr_html_())
    assert html.text.startswith("metatensor.LabelsEntry\n")
    assert "-3" in html.text

    small = Checker(labels("a", [[1], [2]])._repr_html_())
    assert "details" not in small.count
    Checker(Labels.empty("a")._repr_html_())


def test_widths():
    html = labels_html(["a", "long_name"], np.array([[12345, 1]], dtype=np.int32))
    assert "width: 7ch" in html
    assert "width: 11ch" in html


def test_block(engine):
    block = small_block(engine, nested=True)
    html = Checker(block._repr_html_())
    assert html.text.startswith("metatensor.TensorBlock\n with shape (2, 3, 2)\n")
    for section in ("samples:", "components:", "properties:", "gradients:"):
        assert section in html.text
    assert "metatensor.TensorBlock with shape (2, 1, 3, 2)" in html.text
    assert html.count["details"] == 2

    html = Checker(block.gradient("positions")._repr_html_())
    assert " gradient for 'positions', with shape (2, 1, 3, 2)" in html.text


def test_block_sections():
    block = TensorBlock(np.zeros((0, 50)), Labels.empty("s"), [], Labels.range("n", 50))
    html = Checker(block._repr_html_())
    assert "components:" not in html.text
    assert "gradients:" not in html.text
    assert "empty" in html.text
    # twenty values on the line, and all of them in a table
    assert "..." in html.text
    assert "show 50 of 50 entries" in html.text

    nothing = Labels([], np.zeros((0, 0), dtype=np.int32))
    Checker(TensorBlock(np.zeros((0, 0)), nothing, [], nothing)._repr_html_())


def test_map(engine):
    html = Checker(small_map(engine)._repr_html_())
    assert html.text.startswith("metatensor.TensorMap\n with 3 blocks\n")
    assert "[k, l]" in html.text
    assert html.text.count("metatensor.TensorBlock with shape (2, 3, 2)") == 2


@pytest.mark.parametrize(("count", "hidden", "missing"), [(7, 0, 0), (12, 5, 0), (30, 23, 10)])
def test_large_maps(count, hidden, missing):
    block = TensorBlock(np.zeros((1, 1)), Labels.single(), [], Labels.single())
    tensor = TensorMap(Labels.range("k", count), [block.copy() for _ in range(count)])
    html = Checker(tensor._repr_html_())
    assert html.text.count("metatensor.TensorBlock with shape") == min(count, 20)
    assert (f"show the {hidden} others" in html.text) == (hidden > 0)
    assert (f"{missing} more blocks" in html.text) == (missing > 0)

    Checker(TensorMap(Labels.empty("k"), [])._repr_html_())


def test_names_are_escaped():
    block = TensorBlock(np.zeros((1, 1)), Labels.single(), [], Labels.single())
    name = "<script>&'\""
    gradient = TensorBlock(np.zeros((1, 1)), labels("sample", [[0]]), [], block.properties)
    block.add_gradient(name, gradient)
    for value in (block, block.gradient(name), TensorMap(Labels.single(), [block])):
        html = value._repr_html_()
        assert "<script>" not in html
        assert name in Checker(html).text


def test_plain_data():
    values = np.array([[1]], dtype=np.int32)
    data = TensorBlockData((1, 1), (["s"], values), [], (["n"], values), [])
    assert "metatensor" not in Checker(block_html(data, module="metatensor.torch")).text
    html = tensor_map_html(["k"], values, [data], module="metatensor.torch")
    assert "metatensor.torch.TensorBlock with shape (1, 1)" in Checker(html).text


def test_meta(engine):
    pytest.importorskip("torch")
    tensor = small_map(engine).to(arrays="torch", device="meta")
    assert "?" in Checker(tensor._repr_html_()).text
    Checker(tensor[0]._repr_html_())
