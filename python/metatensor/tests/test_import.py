import importlib
import pickle
import sys
import warnings

import metatensor
import numpy as np
import pytest
from fresh_process import run


@pytest.mark.parametrize(
    "use",
    [
        "pass",
        "metatensor.Labels(['a'], np.array([[1], [2]])).union(metatensor.Labels.range('a', 3))",
        "metatensor.Labels.range('a', 3).to('cpu', arrays='numpy')",
        "isinstance(np.zeros(3), metatensor.Array.__supertype__)",
        "metatensor.__version__, dir(metatensor), metatensor.HAS_METATENSOR_OPERATIONS",
    ],
)
def test_no_engine_is_imported(use):
    result = run(
        f"""
        import sys
        import numpy as np
        import metatensor
        {use}
        found = {{"torch", "jax", "cupy", "metatensor_torch"}} & set(sys.modules)
        assert not found, found
        """
    )
    assert result.returncode == 0, result.stderr


def test_engine_imported_later():
    pytest.importorskip("torch")
    result = run(
        """
        import numpy as np
        from metatensor import Array, Labels
        labels = Labels(["a"], np.array([[1], [2]]))
        import torch
        assert Labels(["a"], torch.tensor([[1], [2]])) == labels
        assert isinstance(torch.zeros(3), Array.__supertype__)
        """
    )
    assert result.returncode == 0, result.stderr


def test_without_torch():
    result = run(
        """
        import sys
        sys.modules["torch"] = None
        from metatensor import Labels
        labels = Labels.range("a", 3)
        try:
            labels.to(arrays="torch")
        except ModuleNotFoundError as error:
            assert "torch is needed" in str(error), error
        else:
            raise AssertionError()
        """
    )
    assert result.returncode == 0, result.stderr


def test_public_names():
    assert metatensor.__all__ == ["Labels", "TensorBlock", "TensorMap"]
    for name in (
        "Labels",
        "LabelsEntry",
        "TensorBlock",
        "TensorMap",
        "MetatensorError",
        "ExternalCpuArray",
        "ExternalCudaArray",
    ):
        assert getattr(metatensor, name).__module__ == "metatensor"
        assert getattr(metatensor, name).__name__ == name
    for name in ("load", "load_block", "load_labels", "save", "register_external_data_wrapper"):
        assert callable(getattr(metatensor, name))
    for name in ("io", "utils"):
        assert getattr(metatensor, name) is sys.modules[f"metatensor.{name}"]
    assert isinstance(metatensor.HAS_METATENSOR_OPERATIONS, bool)
    assert not hasattr(metatensor, "save_buffer")
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("metatensor.data")


def test_operations():
    if not metatensor.HAS_METATENSOR_OPERATIONS:
        pytest.skip("there are no operations")
    operations = importlib.import_module("metatensor.operations")
    assert metatensor.operations is operations
    for name in operations.__all__:
        assert getattr(metatensor, name) is getattr(operations, name)
        assert name in dir(metatensor)


def test_unknown_attribute():
    for name in ("not_there", "_not_there", "__not_there__"):
        with pytest.raises(AttributeError, match=f"'{name}'"):
            getattr(metatensor, name)


def test_unknown_attribute_without_operations(monkeypatch):
    monkeypatch.setattr(metatensor, "HAS_METATENSOR_OPERATIONS", False)
    with pytest.raises(AttributeError, match=r"'not_there'.*metatensor-operations"):
        metatensor.not_there


def test_device_warning():
    with pytest.warns(DeprecationWarning, match="DeviceWarning") as record:
        warning = metatensor.DeviceWarning
    assert record[0].filename == __file__
    assert issubclass(warning, Warning)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert metatensor.DeviceWarning is warning
        warnings.filterwarnings("ignore", category=metatensor.DeviceWarning)
        assert pickle.loads(pickle.dumps(warning)) is warning


def test_array_alias():
    from metatensor._c_api import mts_array_t

    array = metatensor.Array
    assert isinstance(np.zeros(3), array.__supertype__)
    assert isinstance(mts_array_t(), array.__supertype__)
    assert not isinstance([1, 2], array.__supertype__)
    assert array.__name__ == "Array"
    assert "Array" in repr(array)
    value = np.zeros(3)
    assert array(value) is value


def test_no_torch_attribute():
    result = run(
        """
        import metatensor
        assert not hasattr(metatensor, "torch")
        """
    )
    assert result.returncode == 0, result.stderr


def test_metatensor_torch_alias(tmp_path):
    # another module called `metatensor_torch`, which does not need torch
    (tmp_path / "metatensor_torch.py").write_text("VALUE = 33\n")
    code = f"""
        import sys
        sys.path.insert(0, {str(tmp_path)!r})
        %s
        import metatensor, metatensor_torch
        assert sys.modules["metatensor.torch"] is metatensor_torch
        assert metatensor.torch is metatensor_torch
        assert metatensor_torch.VALUE == 33
        """
    for first in ("import metatensor.torch", "from metatensor import torch"):
        result = run(code % first)
        assert result.returncode == 0, result.stderr


def test_metatensor_torch_is_missing():
    result = run(
        """
        import sys

        class Hide:
            def find_spec(self, name, path=None, target=None):
                if name == "metatensor_torch":
                    raise ModuleNotFoundError(f"No module named '{name}'", name=name)

        sys.meta_path.insert(0, Hide())
        try:
            import metatensor.torch
        except ImportError as error:
            assert "metatensor-torch" in str(error), error
            assert isinstance(error.__cause__, ModuleNotFoundError)
        else:
            raise AssertionError()
        import metatensor
        assert not hasattr(metatensor, "torch")
        """
    )
    assert result.returncode == 0, result.stderr


def test_cmake_prefix():
    import os

    path = metatensor.utils.cmake_prefix_path
    assert isinstance(path, str)
    assert os.path.isabs(path)
    expected = os.path.join(os.path.dirname(metatensor.__file__), "lib", "cmake")
    assert os.path.realpath(os.path.dirname(path)) == os.path.realpath(os.path.dirname(expected))
