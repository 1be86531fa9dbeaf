"""Making blocks and maps from Python, in a tenth of the time.

Torch looks for ``__torch_function__`` in all arguments of methods, constructors among them. For
objects of TorchScript this ends in a C++ exception, for each of them, which takes far longer than
everything else. It does not do so for compiled functions: our classes are called through these.
"""

import functools
import warnings
from collections.abc import Callable
from typing import Any, Dict, List

import torch

from ._classes import Labels, TensorBlock, TensorMap


def _make_block(
    values: torch.Tensor, samples: Labels, components: List[Labels], properties: Labels
) -> TensorBlock:
    return TensorBlock(values, samples, components, properties)


def _make_map(keys: Labels, blocks: List[TensorBlock]) -> TensorMap:
    return TensorMap(keys, blocks)


#: Functions for our classes, which are the same objects as long as this process lives
_MAKERS: Dict[int, Callable[..., Any]] = {
    id(TensorBlock): _make_block,
    id(TensorMap): _make_map,
}


@functools.cache
def _compiled(maker: Callable[..., Any]) -> Any:
    with warnings.catch_warnings():
        # TorchScript is deprecated, but is what our classes are made for
        warnings.simplefilter("ignore")
        return torch.jit.script(maker)


def install() -> None:
    """Have TorchScript classes called by us; only does it once."""
    original = torch._C.ScriptClass.__call__
    if getattr(original, "_metatensor", False):
        return

    @functools.wraps(original)
    def __call__(self: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N807
        maker = _MAKERS.get(id(self))
        if maker is not None:
            try:
                return _compiled(maker)(*args, **kwargs)
            except RuntimeError:
                # again, for a message which speaks of the class
                pass
        return original(self, *args, **kwargs)

    __call__._metatensor = True  # type: ignore[attr-defined]
    torch._C.ScriptClass.__call__ = __call__
