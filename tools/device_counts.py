"""Counting what a function asks of a CUDA device, with the profiler of torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_SYNCHRONISATIONS = ("cudaStreamSynchronize", "cudaDeviceSynchronize", "cudaEventSynchronize")
# with or without attributes, from the runtime or the driver
_LAUNCHES = ("cudaLaunchKernel", "cudaLaunchKernelExC", "cuLaunchKernel", "cuLaunchKernelEx")


@dataclass(frozen=True)
class Counts:
    """What was asked of the device."""

    to_device: int
    to_host: int
    synchronisations: int
    kernels: int

    @property
    def copies(self) -> int:
        """Number of copies between host and device."""
        return self.to_device + self.to_host


def count(function: Callable[[], Any], warm_up: int = 2) -> Counts:
    """What a call of ``function`` asks of the current CUDA device.

    :param warm_up: number of calls before the one which is counted
    """
    for _ in range(warm_up):
        function()
    # the profiler synchronises, and so do we
    nothing = _profile(lambda: None)
    counted = _profile(function)
    return Counts(
        counted.to_device - nothing.to_device,
        counted.to_host - nothing.to_host,
        counted.synchronisations - nothing.synchronisations,
        counted.kernels - nothing.kernels,
    )


def _profile(function: Callable[[], Any]) -> Counts:
    import torch
    from torch.profiler import ProfilerActivity, profile

    torch.cuda.synchronize()
    activities = [ProfilerActivity.CPU, ProfilerActivity.CUDA]
    # events are asked for only once: there is nothing to warn about
    with profile(activities=activities, acc_events=True) as profiler:
        result = function()
        # what was started has to be seen by the profiler
        torch.cuda.synchronize()
    del result
    names = [event.name for event in profiler.events()]
    return Counts(
        sum(name.startswith("Memcpy HtoD") for name in names),
        sum(name.startswith("Memcpy DtoH") for name in names),
        sum(name in _SYNCHRONISATIONS for name in names),
        sum(name in _LAUNCHES for name in names),
    )
