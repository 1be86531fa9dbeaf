"""Version of this package."""

import functools
import importlib.metadata
from typing import Optional

DISTRIBUTION = "metatensor-core"


@functools.cache
def release_version() -> Optional[str]:
    """Version of the installed distribution, ``None`` in a development tree."""
    try:
        return importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        return None


def version() -> str:
    """Version of the installed distribution, or of the library if there is none."""
    installed = release_version()
    if installed is not None:
        return installed

    from ._c_lib import _get_library

    text: bytes = _get_library().mts_version()
    return text.decode("utf8")
