"""What ``torch.compile`` does not look into.

The compiler traces Python code, and can make nothing of most of what is here: tables of labels,
memory of the C library, objects with slots; some of it makes the compiler itself fail. Public
functions are opaque to it. It compiles what is done to arrays before and after a call, which
is a "graph break", and the call runs as it always does.

``torch.compiler.disable`` is not used: it imports the compiler, which takes seconds, and calls
the function through another one. All it does is to leave an attribute for the compiler, and to
turn it off during the call, which torch can also remember for the code of a function.
"""

from __future__ import annotations

import sys
from types import CodeType, FunctionType
from typing import Any

#: Codes which torch was not told about, as it was not imported
_PENDING: list[CodeType] = []


def untraced(*functions: Any) -> None:
    """Make functions, or all methods and properties of classes, opaque to the compiler."""
    for function in functions:
        if isinstance(function, type):
            for cls in function.__mro__[:-1]:
                untraced(*vars(cls).values())
        elif isinstance(function, property):
            untraced(function.fget, function.fset)
        elif isinstance(function, staticmethod | classmethod):
            untraced(function.__func__)
        elif isinstance(function, FunctionType):
            _mark(function)
    if "metatensor._pytrees.torch" in sys.modules:
        tell_torch()


def _mark(function: Any) -> None:
    function._torchdynamo_disable = True
    function._torchdynamo_disable_msg = "functions of metatensor work on metadata"
    _PENDING.append(function.__code__)


def tell_torch() -> None:
    """Turn the compiler off while these functions run, if torch is recent enough for it."""
    try:
        from torch._C._dynamo import eval_frame
    except ImportError:
        return
    action = getattr(eval_frame, "_FrameAction", None)
    if action is None:
        return
    skip = eval_frame._FrameExecStrategy(action.SKIP, action.SKIP)
    while _PENDING:
        eval_frame.set_code_exec_strategy(_PENDING.pop(), skip)
