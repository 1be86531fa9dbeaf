"""Another name of ``metatensor.operations``: the same module object."""

import metatensor.operations  # noqa: F401
from metatensor._alias import install

install(__name__, "metatensor.operations")
