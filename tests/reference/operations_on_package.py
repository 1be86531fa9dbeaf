"""What programs do with the operations of the package."""

from __future__ import annotations

import package_arithmetic
import package_metadata

OPERATIONS = [*package_arithmetic.OPERATIONS, *package_metadata.OPERATIONS]
