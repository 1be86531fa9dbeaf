"""PEP 517 backend of metatensor-torch: scikit-build-core, for one version of torch.

The extension is compiled against one minor version of torch, and installed in
``metatensor_torch/torch-X.Y``; several of these folders can live in one wheel. The
environment variable ``METATENSOR_TORCH_VERSION`` chooses the version (for example
``2.14.1`` or ``2.11``), the default is the newest one.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from scikit_build_core import build as backend

VERSION_FILE = Path(__file__).resolve().parents[3] / "metatensor-torch" / "VERSION"

build_sdist = backend.build_sdist
get_requires_for_build_sdist = backend.get_requires_for_build_sdist


def torch_requirement() -> str:
    """Requirement for the torch to build against, from ``METATENSOR_TORCH_VERSION``."""
    version = os.environ.get("METATENSOR_TORCH_VERSION", "").strip()
    if not version:
        return "torch"
    if not re.fullmatch(r"\d+\.\d+(\.\d+)?", version):
        raise ValueError(
            "METATENSOR_TORCH_VERSION must be a version of torch such as '2.14' or '2.14.1', "
            f"got '{version}'"
        )
    return f"torch=={version}" + ("" if version.count(".") == 2 else ".*")


def get_requires_for_build_wheel(config_settings: dict[str, Any] | None = None) -> list[str]:
    """Requirements of scikit-build-core, the chosen torch and our own core."""
    requirements = list(backend.get_requires_for_build_wheel(config_settings))
    return [*requirements, torch_requirement(), "metatensor-core>=0.2.100,<0.3"]


def build_wheel(
    wheel_directory: str,
    config_settings: dict[str, Any] | None = None,
    metadata_directory: str | None = None,
) -> str:
    """Compile the extension and install it in the folder of the torch it was built for."""
    settings = dict(config_settings or {})
    settings.setdefault("wheel.install-dir", f"metatensor_torch/torch-{torch_minor()}")
    return str(backend.build_wheel(wheel_directory, settings, metadata_directory))


def build_editable(*_args: object, **_kwargs: object) -> str:
    """Editable installs would have no library next to the sources."""
    raise RuntimeError(
        "metatensor-torch can not be installed in editable mode, because the compiled extension "
        "is part of the package; use a normal installation"
    )


def torch_minor() -> str:
    """``major.minor`` of the torch of the build environment."""
    from importlib.metadata import version

    return ".".join(version("torch").split(".")[:2])


def dynamic_metadata(_settings: dict[str, Any], _project: dict[str, Any]) -> dict[str, Any]:
    """Version of the extension, and run-time requirements: our torch minor, a compatible core."""
    return {
        "version": VERSION_FILE.read_text().strip(),
        "dependencies": [f"torch=={torch_minor()}.*", "metatensor-core>=0.2.100,<0.3"],
    }
