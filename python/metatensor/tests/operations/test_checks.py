"""The switch for the checks."""

import importlib

import metatensor
import pytest
from metatensor import checks_enabled, unsafe_disable_checks, unsafe_enable_checks


@pytest.fixture(params=[True, False], autouse=True)
def initial(request):
    """State before the test, which is restored afterwards."""
    before = metatensor.operations._checks._CHECKS_ENABLED
    metatensor.operations._checks._CHECKS_ENABLED = request.param
    yield request.param
    metatensor.operations._checks._CHECKS_ENABLED = before


def test_for_good(initial):
    assert checks_enabled() == initial
    assert repr(unsafe_disable_checks()) == "checks disabled"
    assert not checks_enabled()
    assert repr(unsafe_enable_checks()) == "checks enabled"
    assert checks_enabled()


def test_context(initial):
    with unsafe_disable_checks():
        assert not checks_enabled()
        with unsafe_enable_checks():
            assert checks_enabled()
        assert not checks_enabled()
    assert checks_enabled() == initial


def test_context_restores_what_was_before_the_construction(initial):
    context = unsafe_disable_checks()
    unsafe_enable_checks()
    with context:
        assert not checks_enabled()
    assert checks_enabled() == initial


def test_context_after_error(initial):
    with pytest.raises(KeyError), unsafe_disable_checks():
        raise KeyError
    assert checks_enabled() == initial


@pytest.mark.parametrize(
    ("value", "enabled"),
    [("True", False), ("1", False), ("yes", False), ("ON", False), ("False", True), ("", True)],
)
def test_environment(monkeypatch, value, enabled):
    monkeypatch.setenv("METATENSOR_UNSAFE_DISABLE_CHECKS", value)
    importlib.reload(metatensor.operations._checks)
    assert checks_enabled() == enabled
    assert metatensor.checks_enabled() == enabled
