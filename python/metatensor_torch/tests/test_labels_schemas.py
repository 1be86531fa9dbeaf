"""The schemas of labels are written in TorchScript archives and in other libraries:
they are part of the interface, down to names of arguments.
"""

import io
from typing import Any, Dict, List, Optional, Tuple

import pytest
import torch

Labels = torch.classes.metatensor.Labels
LabelsEntry = torch.classes.metatensor.LabelsEntry

PREFIX = "__torch__.torch.classes.metatensor."

ENTRY = """
__str__(LE _0) -> str _0
__repr__(LE _0) -> str _0
__len__(LE _0) -> int _0
__getitem__(LE _0, Any index) -> int _0
__eq__(LE _0, LE other) -> bool _0
__ne__(LE _0, LE other) -> bool _0
names_getter(LE _0) -> str[] _0
values_getter(LE _0) -> Tensor _0
device_getter(LE _0) -> Device _0
print(LE _0) -> str _0
"""

LABELS = """
__init__(L _0, Any names, Tensor values, bool assume_unique=False) -> NoneType _0
__str__(L _0) -> str _0
__repr__(L _0) -> str _0
__len__(L _0) -> int _0
__contains__(L _0, Any entry) -> bool _0
__eq__(L _0, L other) -> bool _0
__ne__(L _0, L other) -> bool _0
__getitem__(L _0, Any index) -> Any _0
single() -> L _0
empty(Any _0) -> L _0
range(str _0, int _1) -> L _0
load(str _0) -> L _0
load_buffer(Tensor _0) -> L _0
unsafe_from_ptr(int _0) -> L _0
save(L _0, str file) -> NoneType _0
save_buffer(L _0) -> Tensor _0
release(L _0) -> int _0
as_mts_labels_t(L _0) -> int _0
entry(L _0, int index) -> LE _0
column(L _0, str dimension) -> Tensor _0
names_getter(L _0) -> str[] _0
values_getter(L _0) -> Tensor _0
device_getter(L _0) -> Device _0
append(L _0, str name, Tensor values) -> L _0
insert(L _0, int index, str name, Tensor values) -> L _0
permute(L _0, int[] dimensions_indexes) -> L _0
remove(L _0, str name) -> L _0
rename(L _0, str old, str new) -> L _0
to(L _0, Any device, bool non_blocking=False) -> L _0
pin_memory(L _0, Device? device=None) -> L _0
is_pinned(L _0) -> bool _0
position(L _0, Any entry) -> int? _0
print(L _0, int max_entries, int indent=0) -> str _0
union(L _0, L other) -> L _0
intersection(L _0, L other) -> L _0
difference(L _0, L other) -> L _0
union_and_mapping(L _0, L other) -> ((L, Tensor, Tensor) _0)
intersection_and_mapping(L _0, L other) -> ((L, Tensor, Tensor) _0)
difference_and_mapping(L _0, L other) -> ((L, Tensor) _0)
select(L _0, L selection) -> Tensor _0
__getstate__(L _0) -> Tensor _0
__setstate__(L _0, Tensor _1) -> NoneType _0
"""


def all_schemas() -> List[str]:
    result = []
    for schema in map(str, torch._C._jit_get_custom_class_schemas()):
        if PREFIX in schema:
            schema = schema.replace(PREFIX + "LabelsEntry", "LE")
            result.append(schema.replace(PREFIX + "Labels", "L"))
    return result


@pytest.mark.parametrize("expected", [ENTRY, LABELS], ids=["LabelsEntry", "Labels"])
def test_methods(expected: str) -> None:
    schemas = all_schemas()
    missing = [line for line in expected.strip().split("\n") if line not in schemas]
    assert missing == []


def test_no_other_method() -> None:
    known = set((ENTRY + LABELS).strip().split("\n"))
    ours = {s for s in all_schemas() if "(L _0" in s or "(LE _0" in s}
    assert {s for s in ours if s not in known} == set()


def test_names() -> None:
    labels = Labels.single()
    assert labels._type().qualified_name() == PREFIX + "Labels"
    assert labels._type().name() == "Labels"
    assert labels[0]._type().qualified_name() == PREFIX + "LabelsEntry"


def test_static_methods_are_positional() -> None:
    with pytest.raises(RuntimeError):
        Labels.range(name="a", end=3)


def test_no_empty_entry() -> None:
    with pytest.raises((RuntimeError, TypeError)):
        LabelsEntry()


class AllMethods(torch.nn.Module):
    """Every method, with all the names of arguments"""

    def forward(self, names: List[str], values: torch.Tensor) -> Dict[str, torch.Tensor]:
        labels = Labels(names=names, values=values, assume_unique=False)
        other = Labels(("a", "b"), values[:1])
        column = torch.arange(len(labels))
        results: Dict[str, torch.Tensor] = {}

        results["append"] = labels.append(name="c", values=column).values
        results["insert"] = labels.insert(index=0, name="c", values=column).values
        results["permute"] = labels.permute(dimensions_indexes=[1, 0]).values
        results["remove"] = labels.remove(name="b").values
        results["rename"] = labels.rename(old="a", new="c").values
        results["to"] = labels.to(device="cpu", non_blocking=True).values
        results["column"] = labels.column(dimension="a")
        results["select"] = labels.select(selection=other)
        results["union"] = labels.union(other=other).values
        results["intersection"] = labels.intersection(other=other).values
        results["difference"] = labels.difference(other=other).values
        _, first, second = labels.union_and_mapping(other=other)
        results["mappings"] = torch.cat([first, second])

        entry = labels.entry(index=1)
        position = labels.position(entry=entry)
        assert position is not None
        results["position"] = torch.tensor([position])
        first_entry = labels.entry(0)
        results["entry"] = first_entry.values
        results["values"] = torch.tensor([entry["a"], entry[-1], len(entry)])

        assert entry in labels
        assert labels == labels and labels != other and entry != first_entry
        assert len(labels.print(max_entries=2, indent=3)) > 0
        assert len(str(labels)) > 0 and len(entry.print()) > 0
        return results


def test_scripting() -> None:
    arguments = (["a", "b"], torch.tensor([[0, 1], [2, 3], [4, 5]]))
    module = AllMethods()
    expected = module(*arguments)

    scripted = torch.jit.script(module)
    file = io.BytesIO()
    torch.jit.save(scripted, file)
    file.seek(0)
    for candidate in [scripted, torch.jit.load(file)]:
        results = candidate(*arguments)
        assert list(results) == list(expected)
        for name, value in expected.items():
            assert torch.equal(results[name], value), name


class Stored(torch.nn.Module):
    """Labels as attributes of a module"""

    labels: Any

    def __init__(self) -> None:
        super().__init__()
        self.labels = Labels(["a"], torch.tensor([[3], [1]]))

    def forward(self, value: Optional[int] = None) -> Tuple[torch.Tensor, List[str]]:
        return self.labels.values, self.labels.names


def test_archive() -> None:
    # without the annotation above, which TorchScript can not use
    Stored.__annotations__.clear()
    file = io.BytesIO()
    torch.jit.save(torch.jit.script(Stored()), file)
    file.seek(0)
    loaded = torch.jit.load(file)
    values, names = loaded()
    assert values.tolist() == [[3], [1]]
    assert names == ["a"]
    assert loaded.labels == Labels(["a"], torch.tensor([[3], [1]]))


def test_type_refinement() -> None:
    # indexing gives `Any`, and script classes are not types outside of TorchScript
    @torch.jit.script
    def function(labels: Labels) -> Tuple[int, torch.Tensor]:
        entry = labels[1]
        assert isinstance(entry, LabelsEntry)
        column = labels["b"]
        assert isinstance(column, torch.Tensor)
        return entry[0], column

    first, column = function(Labels(["a", "b"], torch.tensor([[0, 1], [2, 3]])))
    assert first == 2
    assert column.tolist() == [1, 3]


def test_index_error_in_scripted_code() -> None:
    @torch.jit.script
    def function(labels: Labels) -> int:
        return len(labels.entry(12))

    with pytest.raises(RuntimeError, match=r"size \[1, 1\] at dimension 0"):
        function(Labels.single())
