"""Other streams than the default one, copies which do not block, and pinned memory."""

import metatensor.torch as mts
import pytest
import torch
from device_inputs import Labels, TensorBlock, TensorMap, host_labels, make_block, make_map
from metatensor.torch.learn import DataLoader, Dataset

no_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no CUDA device")
#: cycles of a kernel which only waits: about 50 ms
LONG = 100_000_000


def tensors(tensor):
    """All the tensors of a map."""
    yield tensor.keys.values
    for block in tensor.blocks():
        for part in [block, *[gradient for _, gradient in block.gradients()]]:
            yield part.values
            for labels in [part.samples, *part.components, part.properties]:
                yield labels.values


@no_gpu
@pytest.mark.parametrize("non_blocking", [False, True])
def test_to_device_on_a_stream(non_blocking):
    expected = make_map("cpu", 10, gradient=True)
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        torch.cuda._sleep(LONG)
        moved = make_map("cpu", 10, gradient=True).to("cuda", non_blocking=non_blocking)
        doubled = mts.multiply(moved, 2.0)
        # on the same stream: after the copies
        back = doubled.to("cpu")
    mts.equal_raise(mts.multiply(back, 0.5), expected)
    # and from another one, which waits
    torch.cuda.current_stream().wait_stream(stream)
    mts.equal_raise(moved.to("cpu"), expected)


@no_gpu
def test_to_host_without_blocking():
    expected = make_map("cpu", 10, gradient=True)
    moved = mts.multiply(expected.to("cuda"), 2.0)
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        torch.cuda._sleep(LONG)
        back = mts.multiply(moved, 0.5).to("cpu", non_blocking=True)
    stream.synchronize()
    mts.equal_raise(back, expected)


@no_gpu
def test_labels_made_on_a_stream():
    """The host never sees values before they are there."""
    rows = torch.stack([torch.arange(1000) // 7, torch.arange(1000)], dim=1).to(torch.int32)
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        on_device = torch.zeros(1000, 2, dtype=torch.int32, device="cuda")
        stream.synchronize()
        torch.cuda._sleep(LONG)
        on_device += rows.cuda(non_blocking=True)
        labels = Labels(["system", "atom"], on_device, True)
        # all of these need the values
        assert labels.position([3, 22]) == 22
        assert str(labels) == str(Labels(["system", "atom"], rows))
        assert labels.to("cpu").values.tolist() == rows.tolist()
        selected = labels.select(Labels("system", torch.tensor([[2]])).to("cuda"))
        assert selected.tolist() == list(range(14, 21))


@no_gpu
def test_host_values_of_a_copy_on_a_stream():
    """Values on the host, asked for on another stream than the one they are computed on."""
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        torch.cuda._sleep(LONG)
        values = torch.arange(100, dtype=torch.int32, device="cuda").reshape(-1, 1)
        labels = Labels(["a"], values, True)
    torch.cuda.current_stream().wait_stream(stream)
    assert labels.to("cpu").values.flatten().tolist() == list(range(100))
    assert labels == Labels.range("a", 100).to("cuda")


@no_gpu
def test_operations_on_streams():
    """The same results on several streams at once."""
    tensor = make_map("cuda", 10, gradient=True)
    other = make_map("cuda", 10, gradient=True)

    def pipeline():
        merged = mts.add(tensor, other).keys_to_samples("neighbor")
        return mts.sum_over_samples(merged, ["atom", "neighbor"])

    expected = pipeline().to("cpu")
    current = torch.cuda.current_stream()
    results, streams = [], [torch.cuda.Stream() for _ in range(4)]
    for stream in streams:
        stream.wait_stream(current)
        with torch.cuda.stream(stream):
            torch.cuda._sleep(LONG // 10)
            results.append(pipeline())
    for stream in streams:
        current.wait_stream(stream)
    for result in results:
        mts.allclose_raise(result.to("cpu"), expected, rtol=1e-12, atol=1e-12)


@no_gpu
def test_labels_known_on_another_stream():
    """What a stream still has to copy is not taken as if it was there by another one."""
    tensor = make_map("cpu", 10)
    first, second = torch.cuda.Stream(), torch.cuda.Stream()
    with torch.cuda.stream(first):
        torch.cuda._sleep(LONG)
        kept = tensor.to("cuda")
    # does not wait for the first one, and asks for the same labels
    with torch.cuda.stream(second):
        moved = tensor.to("cuda")
        values = [part.clone() for part in tensors(moved)]
    second.synchronize()
    for value, expected in zip(values, tensors(tensor), strict=True):
        assert torch.equal(value.cpu(), expected)
    first.synchronize()
    assert len(kept) == len(moved)


@no_gpu
def test_plans_known_on_another_stream():
    """The same for where rows go, which operations remember."""
    tensor = make_map("cuda", 10)
    torch.cuda.synchronize()
    first, second = torch.cuda.Stream(), torch.cuda.Stream()
    with torch.cuda.stream(first):
        torch.cuda._sleep(LONG)
        kept = mts.sum_over_samples(tensor, "atom")
    with torch.cuda.stream(second):
        result = mts.sum_over_samples(tensor, "atom")
        values = [part.clone() for part in tensors(result)]
    second.synchronize()
    expected = mts.sum_over_samples(tensor.to("cpu"), "atom")
    for value, part in zip(values, tensors(expected), strict=True):
        torch.testing.assert_close(value.cpu(), part, rtol=1e-12, atol=1e-12)
    first.synchronize()
    assert len(kept) == len(result)


@no_gpu
def test_pin_memory():
    labels = host_labels("cpu").pin_memory()
    assert labels.values.is_pinned()
    assert labels.is_pinned()
    assert labels == host_labels("cpu")

    block = make_block(0, gradient=True).pin_memory()
    assert block.values.is_pinned()
    assert block.samples.values.is_pinned()
    assert block.gradient("strain").values.is_pinned()

    tensor = make_map("cpu", 10, gradient=True)
    tensor.set_info("unit", "eV")
    pinned = tensor.pin_memory()
    assert pinned.is_pinned()
    assert all(part.is_pinned() for part in tensors(pinned) if part.numel() > 0)
    assert pinned.get_info("unit") == "eV"
    mts.equal_raise(pinned, tensor)
    # what is pinned already is not copied
    again = pinned.pin_memory()
    assert again.block(0).values.data_ptr() == pinned.block(0).values.data_ptr()

    moved = pinned.to("cuda", non_blocking=True)
    mts.equal_raise(moved.to("cpu"), tensor)


@no_gpu
def test_pinned_sources_are_kept():
    """Pinned memory is not used again while it is being copied."""
    expected = make_map("cpu", 10)
    stream = torch.cuda.Stream()
    with torch.cuda.stream(stream):
        torch.cuda._sleep(LONG)
        moved = make_map("cpu", 10).pin_memory().to("cuda", non_blocking=True)
        # takes the memory of the map above, if it was given back too early
        for _ in range(10):
            garbage = mts.multiply(make_map("cpu", 10), -1.0).pin_memory()
            del garbage
    stream.synchronize()
    mts.equal_raise(moved.to("cpu"), expected)


def small_map(i):
    values = torch.full((2, 3), float(i))
    samples = Labels(["s"], torch.tensor([[10 * i], [10 * i + 1]]))
    block = TensorBlock(values, samples, [], Labels.range("p", 3))
    return TensorMap(Labels.single(), [block])


@pytest.mark.parametrize(
    "pin_memory",
    [False, pytest.param(True, marks=no_gpu)],
)
def test_data_loader(pin_memory):
    """The thread of the DataLoader which pins memory finds that of our objects."""
    dataset = Dataset(x=[small_map(i) for i in range(6)], y=[torch.ones(2) for _ in range(6)])
    loader = DataLoader(dataset, batch_size=2, pin_memory=pin_memory)
    seen = []
    for batch in loader:
        values = batch.x.block().values
        assert values.is_pinned() == pin_memory
        assert batch.x.block().samples.values.is_pinned() == pin_memory
        assert batch.y.is_pinned() == pin_memory
        if pin_memory:
            batch.x.to("cuda", non_blocking=True)
        seen.extend(values[:, 0].tolist())
    assert seen == [i // 2 for i in range(12)]
