"""Exchange with xarray, pandas and Arrow."""

import numpy as np
import pytest
from metatensor import Labels, TensorBlock, TensorMap


def make_block(start=0.0):
    return TensorBlock(
        start + np.arange(12.0).reshape(2, 3, 2),
        Labels(["system", "atom"], np.array([[0, 4], [3, 0]])),
        [Labels("xyz", np.array([[-1], [0], [1]]))],
        Labels("n", np.array([[5], [2]])),
    )


def test_xarray():
    xr = pytest.importorskip("xarray")
    block = make_block()
    array = block.to_xarray()
    assert array.dims == ("samples", "xyz", "properties")
    assert np.shares_memory(array.values, block.values)
    assert array.sel(system=3, xyz=1).sel(n=2).values.tolist() == [11.0]
    assert TensorBlock.from_xarray(array) == block

    plain = xr.DataArray(np.ones((2, 4)), dims=("samples", "properties"))
    block = TensorBlock.from_xarray(plain)
    assert block.samples == Labels.range("samples", 2)
    assert block.properties == Labels.range("properties", 4)


def test_xarray_errors():
    xr = pytest.importorskip("xarray")
    with pytest.raises(TypeError, match=r"must be an xarray.DataArray, got numpy.ndarray"):
        TensorBlock.from_xarray(np.ones((2, 2)))
    with pytest.raises(ValueError, match=r"first dimension must be 'samples' .*\['x', 'y'\]"):
        TensorBlock.from_xarray(xr.DataArray(np.ones((2, 2)), dims=("x", "y")))
    block = TensorBlock(
        np.ones((1, 1, 1)), Labels.single(), [Labels.range("samples", 1)], Labels.single()
    )
    with pytest.raises(ValueError, match="tell these dimensions of an xarray apart"):
        block.to_xarray()


def make_map():
    keys = Labels("type", np.array([[6], [1]]))
    return TensorMap(keys, [make_block(), make_block(100.0)])


COLUMNS = {
    "keys": ["type"],
    "samples": ["system", "atom"],
    "components": ["xyz"],
    "properties": ["n"],
}


@pytest.mark.parametrize("library", ["pandas", "pyarrow"])
def test_tables(library):
    pytest.importorskip(library)
    tensor = make_map()
    table = tensor.to_pandas() if library == "pandas" else tensor.to_arrow()
    names = list(table.columns) if library == "pandas" else table.column_names
    assert names == ["type", "system", "atom", "xyz", "n", "value"]
    rows = np.stack([np.asarray(table[name]) for name in names], axis=1)
    assert rows.shape == (24, 6)
    assert rows[3].tolist() == [6, 0, 4, 0, 2, 3.0]
    assert TensorMap.from_table(table, **COLUMNS) == tensor


def test_sparse_table():
    pd = pytest.importorskip("pandas")
    table = make_map().to_pandas("x")
    # one row less: its value is filled
    tensor = TensorMap.from_table(table.drop(index=5), value="x", fill_value=-1.0, **COLUMNS)
    assert tensor.block(type=6).values[0, 2, 1] == -1.0
    assert tensor.block(type=1) == make_map().block(type=1)

    twice = pd.concat([table, table.iloc[:1]])
    with pytest.raises(ValueError, match="several values for the same entry"):
        TensorMap.from_table(twice, value="x", **COLUMNS)


def test_table_without_columns():
    pd = pytest.importorskip("pandas")
    table = pd.DataFrame({"a": [3, 4], "value": [1.0, 2.0]})
    tensor = TensorMap.from_table(table, keys=[], samples=["a"], properties=[])
    assert tensor.keys == Labels.single()
    assert tensor.block().values.tolist() == [[1.0], [2.0]]
    assert tensor.block().samples == Labels("a", np.array([[3], [4]]))


def test_table_errors():
    pd = pytest.importorskip("pandas")
    table = make_map().to_pandas()
    with pytest.raises(ValueError, match=r"no columns \['y'\] in the table"):
        TensorMap.from_table(table, keys=["y"], samples=[], properties=[])
    with pytest.raises(ValueError, match="column 'n' is used several times"):
        TensorMap.from_table(table, keys=["n"], samples=["n"], properties=[])
    with pytest.raises(ValueError, match="name 'n' is used several times"):
        make_map().to_pandas("n")
    floats = pd.DataFrame({"a": [0.5], "value": [1.0]})
    with pytest.raises(TypeError, match="integers"):
        TensorMap.from_table(floats, keys=["a"], samples=[], properties=[])


def test_empty_map():
    pytest.importorskip("pandas")
    table = TensorMap(Labels.empty("type"), []).to_pandas()
    assert list(table.columns) == ["type", "value"]
    assert len(table) == 0
