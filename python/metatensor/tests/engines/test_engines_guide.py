"""The examples of the guide to the engines."""

import doctest
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[4] / "docs" / "src" / "guides" / "engines.md"


@pytest.mark.skipif(not GUIDE.exists(), reason="not a checkout of the repository")
def test_guide():
    pytest.importorskip("jax")
    result = doctest.testfile(str(GUIDE), module_relative=False)
    assert result.attempted > 10
    assert result.failed == 0
