"""No operation on blocks and maps may leak: neither memory, nor arrays, nor handles."""

import copy
import ctypes
import gc
import io
import pickle
import threading
import weakref

import metatensor
import numpy as np
import pytest
from builders import labels, small_block, small_map
from metatensor import (
    ExternalCpuArray,
    Labels,
    MetatensorError,
    TensorBlock,
    TensorMap,
    register_external_data_wrapper,
)
from metatensor._c_api import mts_array_t
from metatensor._c_lib import _get_library
from metatensor._data import create_mts_array
from metatensor._data._array import _LIVE, _cast_to_ctype_functype, _register_origin


def failing(function, error):
    with pytest.raises(error):
        function()


def scenario_failures(engine):
    tensor = small_map(engine)
    block = tensor[0]
    failing(lambda: TensorMap(tensor.keys, [block]), MetatensorError)
    failing(lambda: tensor.keys_to_samples("q"), MetatensorError)
    failing(lambda: tensor.keys_to_properties(labels("k", [[0], [1]]), fill_value="a"), ValueError)
    failing(lambda: tensor.components_to_properties("q"), MetatensorError)
    failing(lambda: TensorMap.load_buffer(bytes(tensor.save_buffer())[:-400]), MetatensorError)
    failing(lambda: TensorBlock(block.values, tensor.keys, [], tensor.keys), MetatensorError)


def scenario_pointers(engine):
    tensor = small_map(engine, nested=True)
    tensor.set_info("a", "b")
    view = TensorMap.unsafe_view_from_ptr(tensor.as_mts_tensormap_t(), tensor)
    assert view[0].gradient("positions").gradient("cell").values is not None
    tensor = TensorMap.unsafe_from_ptr(tensor.release())
    block = tensor[1]
    _get_library().mts_tensormap_free(tensor.release())
    _get_library().mts_block_free(block.copy().release())


def scenario_moves(engine):
    tensor = small_map(engine)
    for moved in (
        tensor.keys_to_samples("k"),
        tensor.keys_to_properties("l"),
        tensor.components_to_properties("xyz"),
    ):
        assert moved[0].gradient("positions").values is not None


def scenario_files(engine):
    tensor = small_map(engine)
    for use_numpy in (False, True):
        file = io.BytesIO()
        tensor.save(file, use_numpy=use_numpy)
        file.seek(0)
        assert len(TensorMap.load(file, use_numpy=use_numpy)[0].samples) == 2
    for protocol in (2, 5):
        assert len(pickle.loads(pickle.dumps(tensor, protocol=protocol))) == 3


def scenario_python(engine):
    tensor = small_map(engine, nested=True)
    assert tensor.block(k=1).gradient("positions").is_view
    assert copy.copy(tensor)[0].values is tensor[0].values
    assert len(tensor.to("cpu").copy().blocks(k=0)) == 2
    assert len(tensor._with_arrays(tensor._leaves())) == 3
    assert len(repr(tensor)) + len(tensor._repr_html_()) > 0


SCENARIOS = [
    scenario_failures, scenario_pointers, scenario_moves, scenario_files, scenario_python,
]  # fmt: skip


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_arrays_are_freed(engine, scenario):
    scenario(engine)
    gc.collect()
    before = len(_LIVE)
    for _ in range(3):
        scenario(engine)
    # no help from the garbage collector: there must be no cycles
    after = len(_LIVE)
    assert after == before


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_memory_is_bounded(engine, scenario):
    psutil = pytest.importorskip("psutil")
    process = psutil.Process()
    for _ in range(50):
        scenario(engine)
    gc.collect()
    before = process.memory_info().rss
    for _ in range(200):
        scenario(engine)
    gc.collect()
    growth = process.memory_info().rss - before
    # leaking the smallest block in each round would be more than this
    assert growth < 1.5e6, f"{growth / 200:.0f} bytes per round"


def test_large_arrays_are_freed(engine):
    psutil = pytest.importorskip("psutil")
    process = psutil.Process()

    def make():
        values = engine.array([[0.0] * 1000], "float64") * engine.array([[1.0]] * 1000, "float64")
        block = TensorBlock(values, Labels.range("s", 1000), [], Labels.range("n", 1000))
        tensor = TensorMap(Labels.range("k", 1), [block])
        return TensorMap.load_buffer(tensor.keys_to_samples("k").save_buffer())

    for _ in range(3):
        make()
    gc.collect()
    before = process.memory_info().rss
    for _ in range(30):
        assert len(make()) == 1
    gc.collect()
    # leaking one array in each round would be 240 MB
    assert process.memory_info().rss - before < 120e6


def test_weak_references(engine):
    values = engine.array([[1.0]], "float64")
    block = TensorBlock(values, Labels.range("s", 1), [], Labels.range("n", 1))
    tensor = TensorMap(Labels.range("k", 1), [block])
    moved = tensor.keys_to_properties("k")
    references = [weakref.ref(value) for value in (values, block, tensor, moved, block.samples)]
    del values, block, tensor, moved
    assert [reference() for reference in references] == [None] * 5


def test_half_made_objects():
    for kind in (TensorBlock, TensorMap):
        value = kind.__new__(kind)
        del value
        with pytest.raises(TypeError):
            kind()
    gc.collect()


# ---------------------------------------------------------------------- external arrays
_CALLBACKS = []
_FREED = []


def external_array(values):
    """``mts_array_t`` of another origin around a numpy array."""
    array = create_mts_array(values)
    origin = _register_origin("metatensor.tests.external")

    def get_origin(this, output):
        output[0] = origin
        return 0

    # a copy of the pointer: reading the field gives whatever is there when it is called
    address = ctypes.cast(array.destroy, ctypes.c_void_p).value
    destroy_inner = type(array.destroy)(address)

    def destroy(this):
        _FREED.append(this)
        destroy_inner(this)

    array.origin = _cast_to_ctype_functype(get_origin, "origin")
    array.destroy = _cast_to_ctype_functype(destroy, "destroy")
    _CALLBACKS.append((array.origin, array.destroy, destroy_inner))
    return array


def external_map(values):
    """Map with one block, whose memory belongs to C."""
    lib = _get_library()
    samples, properties = Labels.range("s", 2), Labels.range("n", 3)
    block = lib.mts_block(
        external_array(values),
        samples.as_mts_labels_t(),
        None,
        0,
        properties.as_mts_labels_t(),
    )
    blocks = (type(block) * 1)(block)
    keys = Labels.single()
    return TensorMap.unsafe_from_ptr(lib.mts_tensormap(keys.as_mts_labels_t(), blocks, 1))


def test_external_without_wrapper():
    tensor = external_map(np.zeros((2, 3)))
    block = tensor[0]
    # everything but the values can be used
    assert block.samples.names == ["s"]
    assert block.properties == Labels.range("n", 3)
    assert block.gradients_list() == []
    assert len(TensorMap.load_buffer(tensor.save_buffer())) == 1


def use_wrapper():
    register_external_data_wrapper("metatensor.tests.external", ExternalCpuArray)


def test_external_values_keep_the_map():
    use_wrapper()
    tensor = external_map(np.arange(6.0).reshape(2, 3))
    reference = weakref.ref(tensor)
    values = tensor[0].values
    assert isinstance(values, ExternalCpuArray)
    assert isinstance(values._parent, TensorBlock)
    assert tensor[0].values is not values
    part = values[1:]
    total = values + 1
    freed = len(_FREED)
    del tensor, values
    gc.collect()
    assert reference() is not None
    assert part.tolist() == [[3, 4, 5]]
    del part
    assert reference() is None
    assert len(_FREED) == freed + 1
    assert total[0, 1] == 2


def test_external_values_survive_release():
    use_wrapper()
    lib = _get_library()
    for keep in ("values", "block", "map", "nothing"):
        tensor = external_map(np.arange(6.0).reshape(2, 3))
        block = tensor[0]
        assert block.samples.names == ["s"]
        kept = {
            "values": block.values,
            "block": block,
            "map": TensorMap(Labels.single(), [block]),
            "nothing": None,
        }[keep]
        del block
        freed = len(_FREED)
        pointer = tensor.release()
        assert repr(tensor) == "TensorMap(<empty>)"
        lib.mts_tensormap_free(pointer)
        gc.collect()
        if keep == "nothing":
            assert len(_FREED) == freed + 1
            continue
        values = {"values": lambda k: k, "block": lambda k: k.values, "map": lambda k: k[0].values}
        assert values[keep](kept).tolist() == [[0, 1, 2], [3, 4, 5]]
        assert len(_FREED) == freed
        del kept
        gc.collect()
        assert len(_FREED) == freed + 1


def test_external_operations():
    use_wrapper()
    tensor = external_map(np.arange(6.0).reshape(2, 3))
    deep, shallow = tensor.copy(), tensor.copy(deep=False)
    assert type(deep[0].values) is np.ndarray
    deep[0].values[:] = 0
    shallow[0].values[0, 0] = 17
    assert tensor[0].values[0, 0] == 17
    del tensor
    gc.collect()
    assert shallow[0].values[0, 0] == 17
    moved = shallow.keys_to_samples("_")
    assert moved[0].values[0, 0] == 17


def test_borrowed_pointers_stay_valid():
    block = small_block(_numpy())
    first = ctypes.addressof(block.as_mts_block_t().contents)
    assert len(block.save_buffer()) > 0
    assert ctypes.addressof(block.as_mts_block_t().contents) == first


def _numpy():
    from array_makers import NumpyArrays

    return NumpyArrays


def test_threads(engine):
    tensor = small_map(engine)
    errors = []

    def work(seed):
        try:
            for i in range(20):
                moved = tensor.keys_to_samples("k", fill_value=seed)
                assert len(moved) == 2
                assert tensor.block(k=1).values is tensor[1].values
                name = f"q{seed}_{i}"
                with pytest.raises(MetatensorError, match=name):
                    tensor.keys_to_samples(name)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_interpreter_exit(tmp_path):
    import os
    import subprocess
    import sys

    script = tmp_path / "script.py"
    script.write_text(
        "import numpy as np, metatensor\n"
        "from metatensor import *\n"
        "def block(): return TensorBlock(np.zeros((1, 1)), Labels.single(), [], Labels.single())\n"
        "tensor = TensorMap(Labels.range('k', 1), [block()])\n"
        "moved = tensor.keys_to_samples('k')\n"
        "kept = [block(), tensor[0], moved[0], TensorBlock.unsafe_from_ptr(block().release())]\n"
        "kept.append(kept)\n"
        "values = moved[0].values\n"
    )
    folder = os.path.dirname(os.path.dirname(metatensor.__file__))
    result = subprocess.run(
        [sys.executable, "-W", "error", str(script)],
        env={**os.environ, "PYTHONPATH": folder},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")


def test_array_type():
    array = external_array(np.zeros((1, 1)))
    assert isinstance(array, mts_array_t)
    freed = len(_FREED)
    array.destroy(array.ptr)
    assert len(_FREED) == freed + 1
