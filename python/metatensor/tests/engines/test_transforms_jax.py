"""Functions of labels, blocks and maps under the transformations of jax."""

import copy

import metatensor as mts
import numpy as np
import pytest
from array_makers import NumpyArrays
from builders import labels, small_block, small_map
from metatensor import Labels, TensorBlock, TensorMap

jax = pytest.importorskip("jax")
import jax.numpy as jnp  # noqa: E402
from jax_maps import Counted, check_jax, convert_labels, plain_map, total  # noqa: E402


@pytest.fixture
def tensor():
    return small_map(NumpyArrays, nested=True)


def test_jit_traces_once(tensor):
    expected = plain_map()
    function = Counted(lambda t, x: mts.add(mts.multiply(t, x), 1.0))
    compiled = jax.jit(function)
    result = compiled(expected, expected)
    check_jax(result, mts.add(mts.multiply(expected, expected), 1.0))
    # the structure of the results is one object from now on
    for _ in range(3):
        result = compiled(result, expected)
    # the same metadata in other objects
    compiled(plain_map(), plain_map())
    compiled(expected.copy(), copy.deepcopy(expected))
    assert function.count == 1
    assert result.keys is compiled(expected, expected).keys

    # other metadata
    renamed = mts.rename_dimension(expected, "samples", "s", "z")
    compiled(renamed, renamed)
    assert function.count == 2
    expected.set_info("unit", "eV")
    compiled(expected, plain_map())
    assert function.count == 3


def test_jit_of_blocks_and_labels():
    @jax.jit
    def function(block, axis):
        assert isinstance(axis, Labels)
        values = block.values[:, :, : len(axis)]
        return TensorBlock(values, block.samples, block.components, axis), axis

    block = small_block(NumpyArrays)
    axis = labels("w", [[3]])
    result, same = function(block, axis)
    assert result.properties == axis
    assert same is axis
    assert result.shape == (2, 3, 1)
    result, _ = function(block, Labels.range("w", 2))
    assert result.shape == (2, 3, 2)


def test_arguments_which_do_not_change(tensor):
    axis = labels("w", [[3]])

    @jax.jit
    def function(x):
        # labels of jax are known when tracing, also in new labels
        known = axis.to(arrays="jax").append("v", np.array([4]))
        assert [tuple(int(i) for i in entry) for entry in known] == [(3, 4)]
        assert known.position([3, 4]) == 0
        assert int(known[0]["v"]) == 4
        np.testing.assert_array_equal(np.asarray(known["v"]), [4])
        assert "3" in str(known)
        assert known.union(known) == known
        return x * len(known)

    assert function(2.0) == 2.0
    with pytest.raises(TypeError, match="traces"):
        jax.jit(lambda x: Labels("a", x))(jnp.zeros((1, 1), dtype=int))
    with pytest.raises(jax.errors.ConcretizationTypeError):
        jax.jit(lambda t: mts.equal(t, t))(plain_map())


def matrix(t):
    """Map without components and gradients."""
    blocks = [TensorBlock(block.values[:, 0], block.samples, [], block.properties) for block in t]
    return TensorMap(t.keys, blocks)


@pytest.mark.parametrize("own", [False, True])
def test_operations_when_tracing(own):
    expected = plain_map()
    tensor = expected.to(arrays="jax")
    if own:
        tensor = convert_labels(tensor)
    operations = [
        lambda t: mts.add(t, t),
        lambda t: mts.pow(mts.subtract(mts.multiply(t, t), mts.divide(t, 2.0)), 3),
        lambda t: mts.abs(t),
        lambda t: mts.dot(t, matrix(t)),
        lambda t: mts.sum_over_samples(t, "s"),
        lambda t: mts.mean_over_properties(t, "n"),
        lambda t: mts.std_over_samples(t, "s"),
        lambda t: mts.slice(t, "samples", labels("s", [[2]])),
        lambda t: mts.join([t, t], "properties", add_dimension="w"),
        lambda t: mts.sort(t, descending=True),
        lambda t: mts.append_dimension(t, "samples", "w", 3),
        lambda t: mts.zeros_like(t),
        lambda t: mts.drop_blocks(t, labels("k", [[1]])),
        lambda t: t.keys_to_samples("k"),
        lambda t: t.keys_to_samples(["k", "l"], fill_value=-1.0, sort_samples=False),
        lambda t: t.keys_to_properties("k", fill_value=2.0),
        lambda t: t.components_to_properties("xyz"),
        lambda t: t.copy(),
        lambda t: t.to(dtype="float32").to(dtype="float64"),
        lambda t: TensorMap(t.keys, [block.copy() for block in t.blocks(l=0)] + [t.block(l=1)]),
    ]
    with np.errstate(all="ignore"):
        for operation in operations:
            check_jax(jax.jit(operation)(tensor), operation(expected))
            check_jax(operation(tensor), operation(expected))


def test_device_when_tracing():
    seen = []

    def function(t):
        seen.append((t.device, t.block(0).device, str(t), t.dtype))
        return t

    tensor = plain_map()
    jax.jit(function)(tensor)
    assert seen == [(None, None, str(tensor), np.float64)]
    assert tensor.to(arrays="jax").device == jax.devices("cpu")[0]


def test_nothing_leaks(tensor):
    with jax.checking_leaks():
        result = jax.jit(lambda t: t.keys_to_samples("k").keys_to_properties("l"))(plain_map())
    expected = plain_map().keys_to_samples("k").keys_to_properties("l")
    check_jax(result, expected)


def test_grad():
    tensor = mts.remove_gradients(plain_map())

    def loss(t):
        moved = t.keys_to_properties("k").keys_to_samples("l")
        return total(mts.pow(moved, 2))

    gradient = jax.grad(loss)(tensor)
    check_jax(gradient, tensor._with_arrays([4 * leaf**3 for leaf in tensor._leaves()]))
    value, gradient = jax.jit(jax.value_and_grad(loss))(tensor)
    assert float(value) == pytest.approx(float(total(mts.pow(tensor, 2))))
    check_jax(gradient, tensor._with_arrays([4 * leaf**3 for leaf in tensor._leaves()]))


def test_grad_of_reductions():
    tensor = mts.remove_gradients(plain_map())

    def loss(t):
        return total(mts.std_over_samples(mts.sum_over_properties(t, "n"), "s"))

    gradient = jax.grad(loss)(tensor)
    step = 1e-5
    for i in (0, 3):
        leaves = [np.array(leaf) for leaf in tensor._leaves()]
        leaves[0].reshape(-1)[i] += step
        more = loss(tensor._with_arrays(leaves).to(arrays="jax"))
        leaves[0].reshape(-1)[i] -= 2 * step
        less = loss(tensor._with_arrays(leaves).to(arrays="jax"))
        estimate = float((more - less) / (2 * step))
        assert (
            abs(estimate - float(gradient[0].values.reshape(-1)[i])) < 1e-5 * abs(estimate) + 1e-5
        )
    # a single sample: the derivative of the square root is not finite, ours is zero
    assert bool(jnp.isfinite(gradient[2].values).all())


def test_vmap(tensor):
    batch = jax.tree.map(lambda x: jnp.stack([x, 2 * x, 3 * x]), plain_map())
    function = Counted(lambda t: (mts.sum_over_samples(t, "s"), t.keys_to_samples("k")))
    summed, moved = jax.jit(jax.vmap(function))(batch)
    assert function.count == 1
    for i in range(3):
        one = mts.multiply(plain_map(), i + 1.0)
        check_jax(jax.tree.map(lambda x, i=i: x[i], summed), mts.sum_over_samples(one, "s"))
        check_jax(jax.tree.map(lambda x, i=i: x[i], moved), one.keys_to_samples("k"))
    # one axis for everything, or the same tree with one axis per leaf
    axes = jax.tree.map(lambda x: 0, plain_map())
    again = jax.vmap(mts.abs, in_axes=(axes,))(batch)
    assert again[0].shape == (3, 2, 3, 2)


def test_scan():
    start = mts.zeros_like(plain_map()).to(arrays="jax")
    steps = jax.tree.map(lambda x: jnp.stack([x] * 4), plain_map())
    function = Counted(lambda carry, t: (mts.add(carry, t), mts.sum_over_samples(carry, "s")))
    final, sums = jax.lax.scan(function, start, steps)
    assert function.count == 1
    check_jax(final, mts.multiply(plain_map(), 4.0))
    expected = mts.sum_over_samples(mts.multiply(plain_map(), 3.0), "s")
    check_jax(jax.tree.map(lambda x: x[3], sums), expected)


def test_jvp_and_cond():
    tensor = mts.remove_gradients(plain_map()).to(arrays="jax")
    _, tangent = jax.jvp(lambda t: mts.multiply(t, t), (tensor,), (mts.ones_like(tensor),))
    check_jax(tangent, mts.multiply(tensor.to(arrays="numpy"), 2.0))
    chosen = jax.lax.cond(True, lambda t: mts.add(t, 1.0), lambda t: mts.multiply(t, 2.0), tensor)
    check_jax(chosen, mts.add(tensor.to(arrays="numpy"), 1.0))


def test_nothing_is_changed():
    tensor = plain_map().to(arrays="jax")
    before = [np.array(leaf) for leaf in tensor._leaves()]
    tensor.keys_to_samples("k")
    mts.sort(mts.add(tensor, tensor))
    tensor.save_buffer()
    for leaf, expected in zip(tensor._leaves(), before, strict=True):
        np.testing.assert_array_equal(np.asarray(leaf), expected)


def test_without_64_bits():
    tensor = plain_map()
    # moved from one module to the other
    enable = jax.enable_x64 if hasattr(jax, "enable_x64") else jax.experimental.enable_x64
    with enable(False):
        with pytest.warns(UserWarning, match="jax_enable_x64"):
            converted = tensor.to(arrays="jax")
        assert converted.dtype == np.float32
        converted = tensor.to(arrays="jax", dtype="float32")
        assert converted.dtype == np.float32
        # the values of labels never change
        assert converted.keys_to_samples("k").keys == tensor.keys_to_samples("k").keys
        assert Labels("a", jnp.array([[5]])) == labels("a", [[5]])
