"""Cases of what is asked of a device, with the numbers which they must keep to."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import torch
from device_counts import count

DEVICES = ["cpu", "cuda"] if torch.cuda.is_available() else ["cpu"]

#: copies and synchronisations (the same limit for each of them), kernels, and what is called
Case = tuple[int, int, Callable[[], Any]]


class Cases:
    """Cases of several kinds; those of a device are made when the first of them is asked for.

    :param makers: for each kind, what makes its named cases for a device
    """

    def __init__(self, makers: dict[str, Callable[[str], dict[str, Case]]]) -> None:
        self._makers = makers
        self._made: dict[tuple[str, str], dict[str, Case]] = {}

    @cached_property
    def names(self) -> list[tuple[str, str]]:
        """Kind and name of all cases."""
        return [(kind, name) for kind in self._makers for name in self._of("cpu", kind)]

    def check(self, device: str, kind: str, name: str) -> None:
        """Run a case, and assert that it keeps to its numbers; these are of CUDA devices."""
        stops, kernels, function = self._of(device, kind)[name]
        if device == "cpu":
            # the case itself works
            function()
            return
        counts = count(function)
        assert counts.copies <= stops, counts
        assert counts.synchronisations <= stops, counts
        assert counts.kernels <= kernels, counts

    def _of(self, device: str, kind: str) -> dict[str, Case]:
        if (device, kind) not in self._made:
            self._made[device, kind] = self._makers[kind](device)
        return self._made[device, kind]
