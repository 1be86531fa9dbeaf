"""Version of this package."""

import importlib.metadata
import re
from typing import NamedTuple, Optional

DISTRIBUTION = "metatensor-torch"

#: Version of the metatensor-core this package was written for: the binary interface is that
#: of this major and minor version
BUILD_METATENSOR_CORE_VERSION = "0.2.100"


class Version(NamedTuple):
    """Leading numbers of a version, the part which says what is compatible."""

    major: int
    minor: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


def _parse_version(version: str) -> Version:
    """Major and minor version.

    :raises ValueError: if this does not look like a version
    """
    match = re.match(r"(\d+)\.(\d+)", version)
    if match is None:
        raise ValueError(f"'{version}' is not a valid version")
    return Version(int(match[1]), int(match[2]))


def _release_version() -> Optional[str]:
    """Version of the installed distribution, ``None`` in a development tree."""
    try:
        return importlib.metadata.version(DISTRIBUTION)
    except importlib.metadata.PackageNotFoundError:
        return None
