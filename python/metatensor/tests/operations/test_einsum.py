"""Sums of products over named axes, compared with numpy on the arrays."""

import metatensor as mts
import numpy as np
import pytest
from helpers import check_consistent, numpy, parametrized_tensor, random_tensor
from metatensor import Labels, NotEqualError, TensorBlock, TensorMap
from test_finite_differences import check


@pytest.fixture(params=["numpy", "torch"])
def arrays(request):
    if request.param == "torch":
        pytest.importorskip("torch")
    return request.param


def plain(seed, **kwargs):
    return mts.remove_gradients(random_tensor(seed, **kwargs))


#: equations for tensors with one component and the same labels, and what they mean to numpy
EQUATIONS = {
    "s c p, s c p -> s c p": "scp,scp->scp",
    "s c p, q c p -> s q": "scp,qcp->sq",
    "s c p, s c q -> p q": "scp,scq->pq",
    "sample c prop, other c prop2 -> sample c prop2": "scp,ocq->scq",
    "s ... p, q d p -> s ... q": "scp,qdp->scq",
    "s ... p, s ... p -> s p": "scp,scp->sp",
    "a b c, d e f -> d e c": "abc,def->dec",
}


@pytest.mark.parametrize("equation", EQUATIONS)
def test_values(equation, arrays):
    a = plain(0)
    b = mts.multiply(mts.pow(a, 2), 0.1)
    result = mts.einsum(equation, a.to(arrays=arrays), b.to(arrays=arrays))
    check_consistent(result)
    assert result.keys == a.keys.to(arrays=arrays)
    for block, one, other in zip(result, a, b):
        expected = np.einsum(EQUATIONS[equation], one.values, other.values)
        np.testing.assert_allclose(numpy(block.values), expected, rtol=1e-12)
    if equation == "s c p, s c q -> p q":
        assert result.sample_names == result.property_names == ["n", "q"]


def test_dot(arrays):
    a = random_tensor(0).to(arrays=arrays)
    b = mts.sum_over_samples(plain(0, components=False).to(arrays=arrays), "a")
    expected = mts.dot(a, b)
    for equation in ("s c p, q p -> s c q", "s ... p, q p -> s ... q"):
        result = mts.einsum(equation, a, b)
        check_consistent(result)
        assert mts.allclose(result, expected, rtol=1e-12)
    # and the other way around
    result = mts.einsum("q p, s c p -> s c q", b, a)
    assert mts.allclose(result, expected, rtol=1e-12)


def test_product(arrays):
    a = random_tensor(0).to(arrays=arrays)
    b = mts.add(mts.remove_gradients(a), 1.0)
    result = mts.einsum("s ... p, s ... p -> s ... p", a, b)
    assert mts.equal(result, mts.multiply(a, b, missing="drop"))
    both = mts.einsum("s c p, s c p -> s c p", a, a)
    assert mts.allclose(both, mts.multiply(a, a), rtol=1e-12)


def test_common_entries(arrays):
    a, b = random_tensor(0).to(arrays=arrays), random_tensor(5, n_blocks=4).to(arrays=arrays)
    expected = mts.multiply(a, b, missing="drop")
    result = mts.einsum("s c p, s c p -> s c p", a, b, missing="drop")
    check_consistent(result)
    assert mts.allclose(result, expected, rtol=1e-12)
    # other orders do not matter
    mixed = mts.sort(a, ["samples", "properties", "keys"], descending=True)
    result = mts.einsum("s c p, s c p -> s c p", a, mixed)
    assert mts.allclose(result, mts.multiply(a, a), rtol=1e-12)
    result = mts.einsum("s c p, s c p -> s c p", mixed, a)
    assert mts.allclose(result, mts.multiply(mixed, mixed), rtol=1e-12)


def test_bound_dimensions():
    a = plain(0)
    b = mts.permute_dimensions(a, "properties", [1, 0])
    expected = mts.einsum("s c p, q c p -> s q", a, a)
    with pytest.raises(NotEqualError, match=r"axis 'p'.*different names.*\(k=0, l=0\)"):
        mts.einsum("s c p, q c p -> s q", a, b)
    for names in (["n", "q"], ["q", "n"]):
        result = mts.einsum("s c p, q c p -> s q", a, b, dimensions={"p": names})
        assert mts.allclose(result, expected, rtol=1e-12)
    with pytest.raises(ValueError, match=r"axis 'c' of `einsum` has the dimensions \['m'\], not"):
        mts.einsum("s c p, q c p -> s q", a, a, {"c": ["n"]})


def test_broadcast_keys(arrays):
    a = random_tensor(0)
    weights = []
    for i in range(2):
        # one matrix for each value of one of the dimensions of the keys
        values = np.random.default_rng(i).normal(size=(2, 8))
        properties = Labels(["n", "q"], np.array([[j // 2, j % 2] for j in range(8)]))
        weights.append(TensorBlock(values, Labels.range("out", 2), [], properties))
    w = TensorMap(Labels(["l"], np.array([[1], [0]])), weights)
    a, w = a.to(arrays=arrays), w.to(arrays=arrays)
    result = mts.einsum("s c p, o p -> s c o", a, w, missing="drop")
    check_consistent(result)
    assert result.keys == a.keys
    swapped = mts.einsum("o p, s c p -> s c o", w, a, missing="drop")
    assert mts.allclose(swapped, result, rtol=1e-12)
    for i, (block, one) in enumerate(zip(result, a)):
        matrix = numpy(weights[1 - i % 2].values)[:, : one.values.shape[-1]]
        expected = np.einsum("scp,op->sco", numpy(one.values), matrix)
        np.testing.assert_allclose(numpy(block.values), expected, rtol=1e-12)
        assert block.gradients_list() == ["g", "positions"]
    part = mts.filter_blocks(w, Labels(["l"], np.array([[1]])).to(arrays=arrays))
    result = mts.einsum("s c p, o p -> s c o", a, part, missing="drop")
    assert [int(key["l"]) for key in result.keys] == [1]
    with pytest.raises(NotEqualError, match=r"no block for the key \(k=0, l=0\)"):
        mts.einsum("s c p, o p -> s c o", mts.densify(a, "keep", w.block(0).properties), part)


def test_finite_differences():
    def to_torch(array):
        return pytest.importorskip("torch").from_numpy(array)

    def part(t):
        return mts.slice(mts.pow(mts.slice(t, "samples", [4, 1, 7]), 2), "properties", [0, 2])

    for array in (np.asarray, to_torch):
        constant = mts.remove_gradients(parametrized_tensor(np.ones((9, 2)), array))
        functions = [
            lambda t: mts.einsum("s p, s p -> s p", t, mts.pow(t, 2)),
            lambda t, c=constant: mts.einsum("s p, q p -> s q", t, c),
            lambda t, c=constant: mts.einsum(
                "q p, s p -> s q", c, mts.sort(t, ["samples", "properties"], True)
            ),
            lambda t: mts.einsum("s p, s p -> s p", part(t), t, missing="drop"),
            lambda t: mts.einsum("s p, s q -> s q", part(t), t, missing="drop"),
        ]
        for function in functions:
            check(function, array, parametrized_tensor)


def test_empty():
    tensor = random_tensor(0, empty=("samples", "properties"))
    result = mts.einsum("s c p, s c p -> s c p", tensor, tensor)
    check_consistent(result)
    assert mts.allclose(result, mts.multiply(tensor, tensor), rtol=1e-12)
    other = mts.rename_dimension(plain(0), "components", "m", "d")
    summed = mts.einsum("s c p, s d p -> s c d", plain(0), other)
    assert summed.property_names == ["d"]
    empty = mts.filter_blocks(tensor, Labels(["k"], np.array([[9]])))
    assert len(mts.einsum("s c p, s c p -> s c p", empty, empty)) == 0
    assert len(mts.einsum("s c p, s c p -> s c p", tensor, empty, missing="drop")) == 0


def test_errors():
    a = random_tensor(0)
    b = mts.remove_gradients(a)
    equations = {
        "s c p -> s c p": "it must look like",
        "s c p, s c p": "it must look like",
        "s s p, q c p -> s q": "'s' is there twice",
        "s p, q c p -> s q": "operand 0 has 3 axes",
        "s c p, ... -> s p": "'...' can only be components",
        "s c p, q c p -> s z": "'z' is not in any of the operands",
        "s c p, q c p -> s": "the result needs samples and properties",
    }
    for equation, message in equations.items():
        with pytest.raises(ValueError, match=f"in `einsum`: .*{message}"):
            mts.einsum(equation, a, b)
    with pytest.raises(ValueError, match=r"axis 's' can not be a component.*\['s', 'a'\]"):
        mts.einsum("s c p, s c q -> p s q", b, b)
    with pytest.raises(ValueError, match=r"operand 1.*'g'.*key \(k=0, l=0\)"):
        mts.einsum("s c p, q c p -> s q", b, a)
    with pytest.raises(ValueError, match="operand 0 of `einsum` has gradients"):
        mts.einsum("s c p, s c q -> c q", mts.remove_gradients(a, "g"), b)
    with pytest.raises(NotEqualError, match=r"axis 's'.*different entries.*\(k=0, l=0\)"):
        mts.einsum("s c p, s c p -> s p", b, plain(5))
    with pytest.raises(NotEqualError, match="there are 3 and 4 blocks"):
        mts.einsum("s c p, t c q -> s q", b, plain(0, n_blocks=4))
    with pytest.raises(NotEqualError, match="names of the keys"):
        mts.einsum("s c p, s c p -> s p", b, mts.rename_dimension(b, "keys", "k", "z"))
    with pytest.raises(ValueError, match="`missing` in `einsum`"):
        mts.einsum("s c p, s c p -> s p", b, b, missing="zero")
    with pytest.raises(TypeError, match="`B` must be a metatensor TensorMap in `einsum`"):
        mts.einsum("s c p, s c p -> s p", b, 3)
