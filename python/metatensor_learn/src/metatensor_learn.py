"""Another name of ``metatensor.learn``: the same module object."""

import metatensor.learn  # noqa: F401
from metatensor._alias import install

install(__name__, "metatensor.learn")
