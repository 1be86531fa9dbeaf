"""Moving dimensions from one axis to another one."""

import metatensor as mts
import numpy as np
import pytest
from dictionaries import gradients_of, rows, values_of
from helpers import check_consistent, parametrized_tensor, random_tensor
from metatensor import Labels, TensorMap
from test_finite_differences import check


@pytest.fixture(params=["numpy", "torch"])
def arrays(request):
    if request.param == "torch":
        pytest.importorskip("torch")
    return request.param


def described(tensor):
    """Elements of values and gradients, by the names and values of all dimensions."""
    names = (tensor.sample_names, tensor.property_names)
    output = {}
    for number, entry in [(v, (None, *k)) for k, v in values_of(tensor).items()] + [
        (v, k) for k, v in gradients_of(tensor).items()
    ]:
        parameter, key, sample, *components, properties = entry
        other = ()
        components_of = tensor.block(0).components
        if parameter is not None:
            sample, *other = sample
            components_of = tensor.block(0).gradient(parameter).components
        named = list(zip(names[0], sample)) + list(zip(names[1], properties))
        named += [(c.names[0], v[0]) for c, v in zip(components_of, components)]
        # what is called `_` does not tell anything
        dimensions = frozenset(pair for pair in named if pair[0] != "_")
        where = (parameter, key, tuple(other), dimensions)
        assert where not in output
        output[where] = number
    return output


def nonzero(numbers):
    return {key: value for key, value in numbers.items() if value != 0}


def dense(components=True, seed=0):
    """All combinations of two dimensions of samples and properties."""
    tensor = random_tensor(seed, components=components)

    def combine(names, sizes):
        return Labels(names, np.stack([i.ravel() for i in np.indices(sizes)], axis=1))

    return mts.densify(tensor, combine(["s", "a"], (4, 8)), combine(["n", "q"], (3, 2)))


@pytest.mark.parametrize("make", [random_tensor, dense])
def test_every_element_stays(make, arrays):
    tensor = make().to(arrays=arrays)
    expected = nonzero(described(tensor))
    results = {
        "components_to_samples": mts.components_to_samples(tensor, "m"),
        "samples_to_components": mts.samples_to_components(tensor, ["a"]),
        "samples": mts.samples_to_components(tensor, ["a", "s"]),
        "properties_to_components": mts.properties_to_components(tensor, "q"),
        "properties": mts.properties_to_components(tensor, ["q", "n"]),
    }
    axes = {"samples": "s", "components": "m", "properties": "n"}
    for source, name in axes.items():
        for destination in axes:
            if source != destination:
                moved = mts.move_dimensions(tensor, [name], source, destination)
                results[f"{source} to {destination}"] = moved
    for result in results.values():
        check_consistent(result)
        assert nonzero(described(result)) == expected
        assert result.keys is tensor.keys
        assert [b.gradients_list() for b in result] == [b.gradients_list() for b in tensor]


def test_names_and_order(arrays):
    tensor = random_tensor(0).to(arrays=arrays)
    block = tensor.block(1)
    moved = mts.components_to_samples(tensor, "m").block(1)
    assert moved.samples.names == ["s", "a", "m"]
    assert rows(moved.samples) == [(*s, m) for s in rows(block.samples) for m in (-1, 0, 1)]
    assert (
        rows(moved.gradient("g").samples)[:4]
        == [
            (3 * s + c, other)
            for s, other in rows(block.gradient("g").samples)[:2]
            for c in range(3)
        ][:4]
    )
    moved = mts.samples_to_components(tensor, ["a", "s"]).block(1)
    assert moved.samples == Labels.single().to(arrays="numpy") or rows(moved.samples) == [(0,)]
    assert [c.names for c in moved.components] == [["a"], ["s"], ["m"]]
    for component, column in zip(moved.components, (1, 0)):
        assert rows(component) == sorted({(row[column],) for row in rows(block.samples)})
    assert [c.names for c in moved.gradient("positions").components] == [
        ["xyz"],
        ["a"],
        ["s"],
        ["m"],
    ]
    moved = mts.properties_to_components(tensor, "q").block(2)
    assert [c.names for c in moved.components] == [["m"], ["q"]]
    assert moved.properties.names == ["n"]
    assert rows(moved.properties) == [(0,), (1,)]
    moved = mts.samples_to_components(tensor, "s").block(1)
    seen = [(a,) for _, a in rows(block.samples)]
    assert rows(moved.samples) == sorted(set(seen), key=seen.index)


def test_round_trips(arrays):
    tensor = random_tensor(0).to(arrays=arrays)
    there = mts.components_to_samples(tensor, "m")
    assert mts.equal(mts.samples_to_components(there, "m"), tensor)
    assert mts.equal(mts.samples_to_components(there, "m", fill_value=None), tensor)
    there = mts.move_dimensions(tensor, "m", "components", "properties")
    assert there.property_names == ["n", "q", "m"]
    assert mts.equal(mts.properties_to_components(there, "m", None), tensor)
    # that of the library has the new dimension in front
    other = tensor.components_to_properties("m")
    assert mts.equal(there, other, ignore_order=["properties", "names"])


def test_several_components(arrays):
    tensor = mts.properties_to_components(dense(), "q").to(arrays=arrays)
    assert tensor.component_names == ["m", "q"]
    for names in (["m", "q"], ["q", "m"]):
        moved = mts.components_to_samples(tensor, names)
        check_consistent(moved)
        assert moved.sample_names == ["s", "a", *names]
        assert nonzero(described(moved)) == nonzero(described(tensor))
        back = mts.samples_to_components(moved, names)
        order = [["m", "q"].index(name) for name in names]
        assert mts.equal(back, mts.transpose_components(tensor, order))
    one = mts.components_to_samples(tensor, "q")
    check_consistent(one)
    assert one.component_names == ["m"]


def test_fill_value(arrays):
    tensor = random_tensor(0).to(arrays=arrays)
    known = described(tensor)
    for function, name in (
        (mts.samples_to_components, "a"),
        (mts.properties_to_components, "q"),
        (lambda *a, **k: mts.move_dimensions(*a, "samples", "properties", **k), "a"),
    ):
        filled = function(tensor, name, fill_value=-7.5)
        check_consistent(filled)
        found = described(filled)
        new = {key: v for key, v in found.items() if key not in known}
        assert len(new) > 0
        assert {key[0] for key in new} == {None}
        assert set(new.values()) == {-7.5}


def test_transpose():
    tensor = mts.properties_to_components(dense(), "q")
    for order in ([1, 0], (1, 0), [-1, 0]):
        moved = mts.transpose_components(tensor, order)
        check_consistent(moved)
        assert moved.component_names == ["q", "m"]
        for one, other in zip(moved, tensor):
            assert np.array_equal(one.values, other.values.transpose(0, 2, 1, 3))
            found = one.gradient("positions").values
            assert np.array_equal(
                found, other.gradient("positions").values.transpose(0, 1, 3, 2, 4)
            )
            assert np.shares_memory(one.values, other.values)
    assert mts.equal(mts.transpose_components(tensor, [0, 1]), tensor)
    none = random_tensor(0, components=False)
    assert mts.equal(mts.transpose_components(none, []), none)


@pytest.mark.parametrize("empty", ["samples", "properties", "gradients"])
def test_empty_blocks(empty, arrays):
    tensor = random_tensor(0, empty=(empty,)).to(arrays=arrays)
    for source, name in (("samples", "s"), ("components", "m"), ("properties", "n")):
        for destination in ("samples", "components", "properties"):
            if source != destination:
                moved = mts.move_dimensions(tensor, name, source, destination)
                check_consistent(moved)
                assert nonzero(described(moved)) == described(tensor)
    everything = mts.samples_to_components(tensor, ["s", "a"])
    check_consistent(everything)
    map_without_blocks = TensorMap(Labels.empty(["k"]), [])
    assert len(mts.components_to_samples(map_without_blocks, "any")) == 0
    assert len(mts.samples_to_components(map_without_blocks, "any")) == 0
    assert len(mts.properties_to_components(map_without_blocks, "any")) == 0
    assert len(mts.transpose_components(map_without_blocks, [])) == 0


def test_finite_differences():
    def to_torch(array):
        return pytest.importorskip("torch").from_numpy(array)

    def through_components(t):
        # back to an axis of samples with all combinations
        moved = mts.samples_to_components(t, "a")
        return mts.sum_over_samples(mts.pow(mts.components_to_samples(moved, "a"), 2), "a")

    for array in (np.asarray, to_torch):
        check(through_components, array, parametrized_tensor)
        check(lambda t: mts.properties_to_components(t, "n"), array, parametrized_tensor)
        check(
            lambda t: mts.move_dimensions(t, "a", "samples", "properties"),
            array,
            parametrized_tensor,
        )


def test_errors():
    tensor = random_tensor(0)
    key = r"\(k=0, l=0\)"
    cases = [
        (
            lambda: mts.components_to_samples(tensor, "z"),
            "'z' is not one of.*components in `compon",
        ),
        (lambda: mts.samples_to_components(tensor, ["s", "s"]), "'s' is there twice"),
        (lambda: mts.samples_to_components(tensor, "xyz"), "'xyz' is not one of"),
        (lambda: mts.properties_to_components(tensor, "m"), "'m' is not one of"),
        (
            lambda: mts.properties_to_components(
                mts.rename_dimension(tensor, "properties", "n", "xyz"), "xyz"
            ),
            "'xyz' in `properties_to_components`, there is such a dimension of the components",
        ),
        (
            lambda: mts.components_to_samples(
                mts.rename_dimension(tensor, "components", "m", "a"), "a"
            ),
            "'a' in `components_to_samples`, there is such a dimension of the samples",
        ),
        (
            lambda: mts.samples_to_components(tensor, "a", fill_value=None),
            rf"`samples_to_components` needs a `fill_value`.*\(s=\d\) and \(a=\d\).*{key}",
        ),
        (
            lambda: mts.properties_to_components(tensor, "q", fill_value=None),
            r"nothing for \(n=1\) and \(q=1\), in the block with key \(k=0, l=1\)",
        ),
        (lambda: mts.move_dimensions(tensor, "s", "sample", "properties"), "'sample' in `move_dim"),
        (lambda: mts.move_dimensions(tensor, "s", "samples", "samples"), "from samples to samples"),
        (lambda: mts.transpose_components(tensor, [1]), r"`order` \[1\].*1 components \['m'\]"),
        (lambda: mts.transpose_components(tensor, []), r"`order`"),
    ]
    for function, message in cases:
        with pytest.raises(ValueError, match=message):
            function()
    nothing = mts.slice(tensor, "samples", Labels(["s"], np.array([[99]])))
    with pytest.raises(ValueError, match="there are no samples at all"):
        mts.samples_to_components(nothing, "s")
    with pytest.raises(TypeError, match="`tensor` must be a metatensor TensorMap"):
        mts.move_dimensions(tensor.block(0), "s", "samples", "properties")
