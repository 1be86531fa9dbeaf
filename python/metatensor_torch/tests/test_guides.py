"""The examples of the guide to TorchScript."""

import doctest
import warnings
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[3] / "docs" / "src" / "guides" / "torchscript.md"


@pytest.mark.skipif(not GUIDE.exists(), reason="not a checkout of the repository")
def test_torchscript():
    with warnings.catch_warnings():
        result = doctest.testfile(str(GUIDE), module_relative=False)
    assert result.attempted > 10
    assert result.failed == 0
