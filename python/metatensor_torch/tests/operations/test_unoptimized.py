"""Operations in TorchScript without its optimizations, and without the core library's plans."""

import pytest
import torch
from metatensor.torch import Labels
from metatensor.torch.operations._reduce import group_axis
from metatensor.torch.operations._types import torch_jit_script

pytestmark = [
    pytest.mark.filterwarnings("ignore:.*torch.jit:FutureWarning"),
    pytest.mark.filterwarnings("ignore:.*torch.jit:DeprecationWarning"),
]


def test_groups_of_labels():
    labels = [Labels(["s", "a"], torch.tensor([[0, 0], [0, 1], [1, 0]]))] * 2
    compiled = torch_jit_script(group_axis)
    with torch.jit.optimized_execution(False):
        for columns, count in (([], 1), ([0], 2), ([1, 0], 3)):
            reduced, groups, n_groups = compiled(labels, columns)
            assert n_groups == [count, count]
            assert [len(one) for one in reduced] == n_groups
            assert [len(one) for one in groups] == [3, 3]
