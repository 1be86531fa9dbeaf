"""Messages of errors tell the same as in the plain flavour."""

import metatensor.torch as mts
import pytest
import torch
from wrong_cases import CASES
from wrong_inputs import Inputs

#: Errors which come from the operators of torch, or of its schemas
RUNTIME_ERRORS = ("TypeError", "IndexError", "MetatensorError", "labels: ValueError")


@pytest.fixture(scope="module")
def inputs():
    """Maps of this flavour."""
    return Inputs(
        lambda tensor: mts.load_buffer(torch.frombuffer(tensor.save_buffer(), dtype=torch.uint8)),
        lambda names, rows: mts.Labels(names, torch.tensor(rows)),
        torch.tensor,
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation)
def test_messages(case, inputs):
    with pytest.raises(Exception) as error:
        case.call(mts, inputs)
    text = str(error.value)
    message = text.strip().splitlines()[-1]
    if type(error.value) is torch.jit.Error:
        assert f"{case.error}: " in message
    else:
        assert type(error.value) is RuntimeError
        assert case.error in RUNTIME_ERRORS, text
        if case.error == "TypeError":
            # the schema of the function says which argument it is
            message = text
    for wanted in [case.operation, *case.texts]:
        # TorchScript prints texts in lists without quotes
        assert wanted.replace("'", "") in message.replace("'", "")


def test_checks_are_always_done(inputs):
    # compiled functions can not read the switch
    with mts.unsafe_disable_checks():
        assert not mts.checks_enabled()
        with pytest.raises(torch.jit.Error, match="samples are different"):
            mts.add(inputs.t, inputs.other_samples)
