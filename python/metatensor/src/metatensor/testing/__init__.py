"""Helpers to test code which uses metatensor.

- :py:func:`assert_equal` and :py:func:`assert_allclose` compare labels, blocks and maps,
  and tell where the first difference is;
- :py:mod:`metatensor.testing.strategies` makes random labels, blocks and maps for
  `Hypothesis <https://hypothesis.readthedocs.io>`_. It is the only part which needs
  Hypothesis: ``pip install metatensor-core[testing]``.
"""

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from ._assertions import assert_allclose, assert_equal

if TYPE_CHECKING:
    from . import strategies as strategies

# without the strategies: `import *` works without Hypothesis
__all__ = ["assert_allclose", "assert_equal"]


def __getattr__(name: str) -> Any:
    # Hypothesis is slow to import, and may not be installed
    if name == "strategies":
        return importlib.import_module(f"{__name__}.strategies")
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")


def __dir__() -> list[str]:
    names = set(globals())
    if importlib.util.find_spec("hypothesis") is not None:
        names.add("strategies")
    return sorted(names)
