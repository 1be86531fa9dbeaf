"""Labels, blocks and maps as *pytrees*, for the transformations of jax and torch.

A pytree is taken apart in *leaves*, here all the arrays of a block or map (for each block
the values, then the gradients, depth first), and a *structure*, here all the metadata.
Labels have no leaves. The transformations of jax (``jit``, ``grad``, ``vmap``,
``lax.scan``, …) and of ``torch.func`` then work on functions of blocks and maps.

A library has to be told about our classes, which is only possible once it is imported,
and we never import it. This is done

* when metatensor is imported, for libraries which are there already;
* otherwise by the first labels, block or map created after the library was imported;
* by :py:func:`metatensor.utils.register_pytrees`, which is only needed to use an object
  with a library imported later, when nothing was created in between.

There is no other way that does not change how modules are imported.
"""

from __future__ import annotations

import importlib
import sys

#: Modules to look for, and the libraries they stand for
_PENDING = {"jax": "jax", "torch.utils._pytree": "torch"}


class _State:
    """What was done so far."""

    # number of modules when `register` last looked for libraries
    modules = 0


def register() -> None:
    """Tell all libraries which are imported about our classes."""
    _State.modules = len(sys.modules)
    for module, library in list(_PENDING.items()):
        spec = getattr(sys.modules.get(module), "__spec__", None)
        whole = getattr(sys.modules.get(library), "__spec__", None)
        if spec is None or whole is None:
            continue
        if getattr(spec, "_initializing", False) or getattr(whole, "_initializing", False):
            _State.modules = 0  # look again next time
            continue
        # another thread may be doing the same
        if _PENDING.pop(module, None) is not None:
            importlib.import_module(f".{library}", __package__).register()


def notice_libraries() -> None:
    """Call :py:func:`register` if something was imported since the last time."""
    if len(sys.modules) != _State.modules:
        register()
