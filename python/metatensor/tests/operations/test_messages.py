"""Messages of errors tell the operation, the block, the axis and what is different first."""

import builtins

import metatensor as mts
import numpy as np
import pytest
from metatensor import Labels
from wrong_cases import CASES
from wrong_inputs import Inputs


@pytest.fixture(scope="module", params=["numpy", "torch"])
def inputs(request):
    """Maps with arrays of these libraries."""
    make_array = np.array
    if request.param == "torch":
        make_array = pytest.importorskip("torch").tensor
    return Inputs(
        lambda tensor: tensor.to(arrays=request.param),
        lambda names, rows: Labels(names, make_array(rows)),
        make_array,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation)
def test_messages(case, inputs):
    name = case.error.removeprefix("labels: ")
    expected = getattr(mts, name, None) or getattr(builtins, name)
    with pytest.raises(Exception) as error:
        case.call(mts, inputs)
    message = str(error.value)
    assert type(error.value) is expected, message
    for text in [case.operation, *case.texts]:
        assert text in message


def test_all_operations_have_a_case():
    others = {"NotEqualError", "checks_enabled", "unsafe_disable_checks", "unsafe_enable_checks"}
    names = {case.operation for case in CASES}
    for name in mts.operations.__all__:
        assert name in others or {name, f"{name}_raise"} & names, name
