"""Moving metatensor data together with scripted modules.

``module.to(...)`` and the like only know about parameters and buffers. Our own modules
override this, but scripted modules are of a class of torch, which is patched here.
"""

import functools
import re
import sys
import warnings
from collections.abc import Callable
from typing import Any, List, Optional

import torch

_HELPER = "_mts_helper"
_NAMES = "_mts_buffer_names"

Function = Callable[[torch.Tensor], torch.Tensor]


def install() -> None:
    """Make scripted modules move the metatensor data they contain; only does it once."""
    original = torch.jit.RecursiveScriptModule._apply
    if getattr(original, "_metatensor", False):
        return

    @functools.wraps(original)
    def _apply(self: Any, fn: Function, recurse: bool = True) -> Any:
        # this also calls `_apply` of all children
        result = original(self, fn, recurse)
        if _has_helper(self):
            _apply_to_attributes(self._c, fn)
        return result

    _apply._metatensor = True  # type: ignore[attr-defined]
    torch.jit.RecursiveScriptModule._apply = _apply


def _has_helper(module: Any) -> bool:
    return any(name == _HELPER for name, _ in module.named_buffers(recurse=False))


def _apply_to_attributes(module: Any, fn: Function) -> None:
    # only imported by those who have modules with metatensor data
    from .learn.nn._containers import apply_to_data, transform

    legacy = not module.hasattr(_NAMES)
    names = _attribute_names(module) if legacy else module.getattr(_NAMES)
    function = apply_to_data(fn)
    changed = False
    for name in names:
        value = _get(module, name)
        new = transform(value, function, allow_mixed=legacy)
        if new is not value:
            module.setattr(name, new)
            changed = True
    if legacy and changed:
        warnings.warn(
            "this module was exported without the names of the metatensor data it contains, "
            "which is deprecated: export it again with a recent version of metatensor-learn",
            stacklevel=_depth_of_caller(),
        )


def _get(module: Any, name: str) -> Optional[Any]:
    try:
        return module.getattr(name)
    except (AttributeError, RuntimeError):
        # TorchScript leaves out attributes whose type it can not tell, such as lists which are
        # empty, and not all of its types exist in Python
        return None


def _attribute_names(module: Any) -> List[str]:
    """Names of all attributes of a module from before these were listed."""
    text = module.dump_to_str(code=False, attrs=True, params=False)
    start = text.index("  attributes {\n")
    section = text[start : text.index("\n  }\n", start)]
    names = re.findall(r"^    (\w+) = ", section, re.MULTILINE)
    return [name for name in names if module.hasattr(name)]


def _depth_of_caller() -> int:
    """Position in the stack of the first function outside of torch and this file."""
    depth = 1
    frame = sys._getframe(1)
    while frame.f_back is not None:
        module = frame.f_globals.get("__name__", "")
        if module != __name__ and module.partition(".")[0] != "torch":
            break
        frame = frame.f_back
        depth += 1
    return depth
