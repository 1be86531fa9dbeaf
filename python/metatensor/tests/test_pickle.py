import copy
import os
import pickle
import subprocess
import sys
import warnings

import metatensor
import numpy as np
import pytest
from builders import assert_same_block, assert_same_map, labels, small_block, small_map
from metatensor import Labels, TensorBlock, TensorMap

PROTOCOLS = pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))


@PROTOCOLS
def test_maps(engine, protocol):
    tensor = small_map(engine, nested=True)
    tensor.set_info("a", "")
    loaded = pickle.loads(pickle.dumps(tensor, protocol=protocol))
    assert_same_map(loaded, tensor)
    assert type(loaded[0].values) is type(tensor[0].values)
    assert isinstance(loaded.keys.values, np.ndarray)


@PROTOCOLS
def test_blocks(engine, protocol):
    block = small_block(engine, nested=True)
    for value in (block, block.gradient("positions"), small_map(engine)[1]):
        loaded = pickle.loads(pickle.dumps(value, protocol=protocol))
        assert_same_block(loaded, value)
        assert type(loaded.values) is type(value.values)
        assert not loaded.is_view


def test_engines_of_labels():
    torch = pytest.importorskip("torch")
    from array_makers import TorchArrays

    # everything in torch, or a mix of both
    tensor = small_map(TorchArrays).to(arrays="torch")
    loaded = pickle.loads(pickle.dumps(tensor))
    assert isinstance(loaded.keys.values, torch.Tensor)
    assert isinstance(loaded[0].gradient("positions").samples.values, torch.Tensor)

    block = TensorBlock(
        torch.zeros((1, 2)), labels("s", [[1]]), [], Labels.range("n", 2).to(arrays="torch")
    )
    for name in ("z", "a"):
        samples = labels("sample", [[0]]).to(arrays="torch" if name == "z" else "numpy")
        block.add_gradient(name, TensorBlock(torch.zeros((1, 2)), samples, [], block.properties))
    for loaded in (
        pickle.loads(pickle.dumps(block)),
        pickle.loads(pickle.dumps(TensorMap(Labels.single(), [block])))[0],
    ):
        assert isinstance(loaded.samples.values, np.ndarray)
        assert isinstance(loaded.properties.values, torch.Tensor)
        assert isinstance(loaded.gradient("z").samples.values, torch.Tensor)
        assert isinstance(loaded.gradient("a").samples.values, np.ndarray)


def test_gradients_are_detached():
    torch = pytest.importorskip("torch")
    values = torch.ones((1, 1), requires_grad=True)
    block = TensorBlock(values, Labels.single(), [], Labels.single())
    assert not pickle.loads(pickle.dumps(block)).values.requires_grad


@pytest.mark.parametrize("make", [small_block, small_map])
def test_out_of_band(engine, make):
    value = make(engine)
    buffers = []
    content = pickle.dumps(value, protocol=5, buffer_callback=buffers.append)
    assert len(buffers) == 1
    assert len(content) < 300
    assert bytes(buffers[0]) == bytes(value.save_buffer())
    for again in (buffers, [bytes(b) for b in buffers], [bytearray(b) for b in buffers]):
        assert pickle.loads(content, buffers=again) == value


def test_reduce(engine):
    for value in (small_block(engine), small_map(engine)):
        for protocol in (2, 4):
            function, (buffer, *_) = value.__reduce_ex__(protocol)
            assert function == type(value)._from_pickle
            assert type(buffer) is bytes
        function, (buffer, *_) = value.__reduce_ex__(5)
        assert type(buffer) is pickle.PickleBuffer
        assert value.__reduce__()[0] == function


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_old_pickles(kind):
    # these have no name of an array library
    from array_makers import NumpyArrays

    tensor = small_map(NumpyArrays)
    assert_same_map(TensorMap._from_pickle(kind(tensor.save_buffer())), tensor)
    assert_same_block(TensorBlock._from_pickle(kind(tensor[0].save_buffer())), tensor[0])


def test_copies_do_not_use_pickle(engine):
    tensor = small_map(engine)
    assert copy.copy(tensor)[0].values is tensor[0].values
    data = {"one": tensor, "two": tensor}
    copied = copy.deepcopy(data)
    assert copied["one"] is copied["two"]


def test_released():
    block = TensorBlock(np.zeros((1, 1)), Labels.single(), [], Labels.single())
    keeps = TensorBlock.unsafe_from_ptr(block.release())
    with pytest.raises(ValueError, match="released"):
        pickle.dumps(block)
    assert keeps.shape == (1, 1)


def test_processes(engine):
    tensor = small_map(engine)
    script = (
        "import pickle, sys\n"
        "tensor = pickle.load(sys.stdin.buffer)\n"
        "tensor.block(k=1).values[:] = 3\n"
        "pickle.dump(tensor.keys_to_samples('k'), sys.stdout.buffer)\n"
    )
    folder = os.path.dirname(os.path.dirname(metatensor.__file__))
    result = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": folder},
        input=pickle.dumps(tensor),
        capture_output=True,
        check=True,
    )
    tensor.block(k=1).values[:] = 3
    assert_same_map(pickle.loads(result.stdout), tensor.keys_to_samples("k"))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_fork():
    from array_makers import NumpyArrays

    tensor = small_map(NumpyArrays)
    loaded = TensorMap.load_buffer(tensor.save_buffer())
    with warnings.catch_warnings():
        # other libraries may have started threads
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 1
        try:
            assert_same_map(loaded.keys_to_samples("k"), tensor.keys_to_samples("k"))
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
