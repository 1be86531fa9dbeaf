"""Second names for packages.

Some packages are known under two names, for example ``metatensor_torch`` is also
``metatensor.torch``. Both names, and those of all submodules, must give the same module
objects: otherwise there would be two copies of each class.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType


def install(alias: str, package: str) -> None:
    """Make ``alias`` and its submodules second names of ``package`` and its submodules.

    :param alias: the second name, whose parent package (if any) is already imported
    :param package: the name of a package which is being imported, or already is
    """
    module = sys.modules[package]
    sys.modules[alias] = module
    parent, _, name = alias.rpartition(".")
    if parent:
        setattr(sys.modules[parent], name, module)
    # submodules which are already there
    for full_name, submodule in list(sys.modules.items()):
        if full_name.startswith(f"{package}."):
            sys.modules[alias + full_name[len(package) :]] = submodule
    if not any(isinstance(f, _Finder) and f.alias == alias for f in sys.meta_path):
        sys.meta_path.insert(0, _Finder(alias, package))


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds the submodules of an alias by importing the real ones."""

    def __init__(self, alias: str, package: str) -> None:
        self.alias = alias
        self.package = package

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: ModuleType | None = None,
    ) -> importlib.machinery.ModuleSpec | None:
        """Find a module below the alias; all others are not our business."""
        if not fullname.startswith(f"{self.alias}."):
            return None
        real = importlib.util.find_spec(self._real_name(fullname))
        if real is None:
            return None
        is_package = real.submodule_search_locations is not None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=is_package)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """Get the real module."""
        module = importlib.import_module(self._real_name(spec.name))
        # the import system is about to write the alias in there
        spec.loader_state = (module.__spec__, module.__loader__, module.__package__)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Keep the real name in the module, which was executed by its own import."""
        spec = module.__spec__
        if spec is not None and spec.loader is self:
            module.__spec__, module.__loader__, module.__package__ = spec.loader_state

    def _real_name(self, fullname: str) -> str:
        return self.package + fullname[len(self.alias) :]
