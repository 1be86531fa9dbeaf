"""What the operations are made of: whole maps and lists of labels in one call."""

import pytest
import torch
from device_cases import DEVICES
from metatensor.torch import Labels, TensorBlock, TensorMap

ops = torch.ops.metatensor


def labels(names, values, device="cpu"):
    return Labels(names, torch.tensor(values, dtype=torch.int32, device=device))


def block(samples, properties, value=1.0):
    shape = (len(samples), len(properties))
    values = torch.full(shape, value, dtype=torch.float64, device=samples.device)
    return TensorBlock(values, samples, [], properties)


def gradient_of(parent):
    samples = labels(["sample", "g"], [[0, 1], [1, 0]], parent.device)
    return block(samples, parent.properties, 7.0)


@pytest.fixture(params=DEVICES)
def device(request):
    return request.param


@pytest.fixture
def tensor(device):
    properties = Labels.range("p", 3).to(device)
    samples = [labels(["s", "t"], [[0, i], [1, 5]], device) for i in range(2)]
    blocks = [block(samples[i], properties, i) for i in range(2)]
    for one in blocks:
        one.add_gradient("x", gradient_of(one))
    return TensorMap(Labels.range("k", 2).to(device), blocks)


def nested(device):
    one = block(labels(["s"], [[0], [1]], device), Labels.range("p", 3).to(device))
    gradient = gradient_of(one)
    gradient.add_gradient("y", gradient_of(one))
    one.add_gradient("x", gradient)
    return TensorMap(Labels.single().to(device), [one])


def test_leaves(tensor):
    arrays = ops._leaves(tensor)
    assert [x[0, 0].item() for x in arrays] == [0, 7, 1, 7]
    assert arrays[2].data_ptr() == tensor[1].values.data_ptr()
    assert ops._leaves_per_block(tensor) == 2
    assert [x[0, 0].item() for x in ops._block_values(tensor)] == [0, 1]
    assert ops._samples_of(tensor)[3].names == ["sample", "g"]
    assert [len(c) for c in ops._components_of(tensor)] == [0] * 4


def test_shared_labels_are_one_object(tensor):
    distinct, where = ops._distinct_labels(ops._properties_of(tensor))
    assert len(distinct) == 1 and where == [0, 0]
    distinct, where = ops._distinct_labels(ops._samples_of(tensor))
    assert len(distinct) == 4 and where == [0, 1, 2, 3]
    assert ops._distinct_pairs(distinct[:2] * 2, [0, 1, 0, 0]) == ([0, 1, 3], [0, 1, 0, 2])
    assert ops._distinct_rows([[1, 2, 1], [3, 3, 3]]) == ([0, 1], [0, 1, 0])
    assert ops._distinct_rows([]) == ([], [])
    with pytest.raises(ValueError, match="same length"):
        ops._distinct_rows([[1], [1, 2]])


def test_nested_gradients(device):
    tensor = nested(device)
    for function in (ops._leaves, ops._samples_of, ops._components_of):
        with pytest.raises(NotImplementedError, match="gradients of gradients"):
            function(tensor)
    assert len(ops._block_values(tensor)) == len(ops._properties_of(tensor)) == 1
    assert not ops._same_structure(tensor, tensor)
    assert not ops._same_axes(tensor, tensor, ["samples"])
    assert ops._without_gradients(tensor)[0].gradients_list() == []


def test_with_arrays(tensor):
    tensor.set_info("a", "b")
    arrays = [x + 1 for x in ops._leaves(tensor)]
    new = ops._with_arrays(tensor, arrays)
    assert ops._same_structure(tensor, new)
    assert new[1].gradient("x").values[0, 0] == 8
    assert new[0].values.data_ptr() == arrays[0].data_ptr()
    assert len(new.info()) == 0
    with pytest.raises(RuntimeError):
        ops._with_arrays(tensor, arrays[:3])
    with pytest.raises(RuntimeError, match="has size 1 along axis 0"):
        ops._with_arrays(tensor, [x[:1] for x in arrays])


def test_rebuild(tensor):
    arrays = ops._leaves(tensor)
    properties = [labels(["q"], [[4], [5], [6]], tensor.device)] * 2
    new = ops._rebuild(tensor, arrays, [], properties)
    assert new[1].gradient("x").properties == properties[0]
    assert new[0].samples == tensor[0].samples
    samples = [labels(one.names, [[0, 8], [1, 9]], one.device) for one in ops._samples_of(tensor)]
    new = ops._rebuild(tensor, arrays, samples, [])
    assert new[1].samples == samples[2] and new[1].gradient("x").samples == samples[3]
    for arguments in [
        (arrays[:1], [], []),
        (arrays, samples[:1], []),
        (arrays, [], properties[:1]),
    ]:
        with pytest.raises(ValueError, match="expected . (arrays|samples|properties)"):
            ops._rebuild(tensor, *arguments)


def test_pick_blocks(tensor):
    keys = labels(["k"], [[1], [0]], tensor.device)
    for copy in (False, True):
        new = ops._pick_blocks(tensor, [1, 0], keys, copy)
        assert [x[0, 0].item() for x in ops._leaves(new)] == [1, 7, 0, 7]
        assert (new[0].values.data_ptr() == tensor[1].values.data_ptr()) is not copy
    for position in (-1, 2):
        with pytest.raises(IndexError, match="we have 2 blocks but the index is"):
            ops._pick_blocks(tensor, [position, 0], keys, False)
    with pytest.raises(RuntimeError):
        ops._pick_blocks(tensor, [0], keys, False)


def test_same_axes(tensor):
    other = tensor.copy()
    assert ops._same_axes(tensor, other, ["samples", "components"])
    renamed = ops._rebuild(
        tensor, ops._leaves(tensor), [], [labels(["q"], [[0], [1], [2]], tensor.device)] * 2
    )
    assert ops._same_axes(tensor, renamed, ["samples", "components"])
    assert not ops._same_axes(tensor, renamed, ["components", "properties"])
    samples = [labels(["a", "b"], [[0, 0], [1, 1]], tensor.device)] * 2
    blocks = [block(one, tensor[0].properties) for one in samples]
    assert not ops._same_axes(
        ops._without_gradients(tensor), TensorMap(tensor.keys, blocks), ["properties"]
    )


def test_lists_of_labels(device):
    both = [labels(["a", "b"], [[3, 1], [0, 2]], device), labels(["a", "b"], [[1, 1]], device)]
    inserted = ops._insert_in_labels(both, 1, "c", -5)
    assert [x.values.tolist() for x in inserted] == [[[3, -5, 1], [0, -5, 2]], [[1, -5, 1]]]
    permuted = ops._permute_labels(both, [-1, 0])
    assert [x.names for x in permuted] == [["b", "a"]] * 2
    assert permuted[1] == labels(["b", "a"], [[1, 1]], device)
    assert [len(x) for x in ops._remove_from_labels(both, "b")] == [2, 1]
    selected = ops._select_in_labels(both, labels(["b"], [[1]], device))
    assert [x.tolist() for x in selected] == [[0], [0]]
    index = [torch.tensor([1], device=device), torch.tensor([0], device=device)]
    taken = ops._take_from_labels(both, index)
    assert [x.values.tolist() for x in taken] == [[[0, 2]], [[1, 1]]]
    assert all(x.device.type == torch.device(device).type for x in inserted + permuted + taken)

    with pytest.raises(IndexError):
        ops._insert_in_labels(both, 7, "c", 0)
    with pytest.raises(ValueError):
        ops._permute_labels(both, [0])
    with pytest.raises(ValueError, match="not found"):
        ops._remove_from_labels(both, "z")
    with pytest.raises(ValueError, match="one index for each"):
        ops._take_from_labels(both, index[:1])


def test_join_labels(device):
    one, other = labels(["a"], [[1], [2]], device), labels(["a"], [[2]], device)
    joined = ops._join_labels([[one, other], [other, one]], "i")
    assert joined[0] == labels(["a", "i"], [[1, 0], [2, 0], [2, 1]], device)
    assert joined[1] == labels(["a", "i"], [[2, 0], [1, 1], [2, 1]], device)
    with pytest.raises(RuntimeError):
        ops._join_labels([[one, other]], None)
    with pytest.raises(ValueError, match="labels to join"):
        ops._join_labels([[]], None)


def test_groups_and_orders(device):
    both = [labels(["a", "b"], [[3, 1], [0, 2], [3, 0]]), labels(["a", "b"], [[1, 1]])]
    # the values stay known on the host
    both = [one.to(device) for one in both]
    assert ops._all_known_on_host(both)
    grouped, groups = ops._group_labels(both, [0])
    assert [x.values.tolist() for x in grouped] == [[[0], [3]], [[1]]]
    assert [x.tolist() for x in groups] == [[1, 0, 1], [0]]
    new, orders, where = ops._sort_labels(both, False)
    assert new[0].values.tolist() == [[0, 2], [3, 0], [3, 1]] and new[1] == both[1]
    assert [x.tolist() for x in orders] == [[1, 2, 0], [0]] and where == [0, -1]
    assert [x.tolist() for x in ops._sort_labels(both, True)[1]] == [[0, 2, 1], [0]]
    for one in [*grouped, *groups, *new, *orders]:
        assert one.device.type == torch.device(device).type
    assert ops._all_known_on_host(grouped) and ops._all_known_on_host(new)
    with pytest.raises(IndexError, match="dimension 2 is out of range"):
        ops._group_labels(both, [2])


def test_labels_which_stay_known_on_the_host(device):
    both = [labels(["a", "b"], [[3, 1], [0, 2]]), labels(["a", "b"], [[1, 1]])]
    both = [one.to(device) for one in both]
    selection = labels(["b"], [[1]]).to(device)
    selected = ops._select_in_labels(both, selection)
    assert [x.tolist() for x in selected] == [[0], [0]]
    results = [
        *ops._take_from_labels(both, selected),
        *ops._insert_in_labels(both, 0, "c", 3),
        *ops._permute_labels(both, [1, 0]),
        *ops._remove_from_labels(both, "b"),
    ]
    assert ops._all_known_on_host(results)
    assert {one.device.type for one in results} == {torch.device(device).type}
    expected = [[3, 1]], [[1, 1]], [[3, 3, 1], [3, 0, 2]], [[3, 1, 1]]
    assert [one.values.tolist() for one in results[:4]] == list(expected)
    arrays = [torch.arange(2.0, device=device), torch.arange(5.0, device=device)]
    gathered = ops._gather_all(arrays, selected, [1, 0], 0)
    assert [x.tolist() for x in gathered] == [[0], [0]]


def test_lists_of_arrays(device):
    arrays = [torch.arange(6.0, device=device).reshape(3, 2), torch.ones(1, 2, device=device)]
    index = [torch.tensor([2, 0], device=device)]
    gathered = ops._gather_all(arrays, index, [0, -1], 0)
    assert gathered[0].tolist() == [[4, 5], [0, 1]] and gathered[1] is not None
    assert gathered[1].data_ptr() == arrays[1].data_ptr()
    with pytest.raises(ValueError, match="one index for each"):
        ops._gather_all(arrays, index, [0], 0)
    with pytest.raises(IndexError, match="index 1 is out of range"):
        ops._gather_all(arrays, index, [0, 1], 0)
    joined = ops._concatenate_all([arrays, [x.to(torch.float64) for x in arrays]], -1)
    assert [x.shape[1] for x in joined] == [4, 4] and joined[0].dtype == torch.float64
    assert ops._concatenate_all([], 0) == []
    with pytest.raises(ValueError, match="same length"):
        ops._concatenate_all([arrays, arrays[:1]], 0)
