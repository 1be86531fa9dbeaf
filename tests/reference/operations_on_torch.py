"""What programs do with the operations of the torch flavour."""

from __future__ import annotations

import operations_on_package
import package_arithmetic
import package_metadata
from package_maps import operation, pick_map
from session import Session, call, var

DIFFERENTIABLE = [
    package_arithmetic.elementwise,
    package_arithmetic.elementwise,
    package_arithmetic.products,
    package_metadata.reduce,
    package_metadata.reduce,
    package_metadata.choose_entries,
    package_metadata.join,
    package_metadata.sort,
]


def differentiate(session: Session) -> None:
    """Derivatives of the results of operations with automatic differentiation."""
    inputs = session.do(operation("requires_grad", var(pick_map(session))))
    if session.kind(inputs) != "TensorMap":
        return
    others = session.pools["TensorMap"]
    session.pools["TensorMap"] = [inputs]
    for _ in range(session.integer(1, 2)):
        session.one_of(DIFFERENTIABLE)(session)
    results = session.pools["TensorMap"]
    session.do(call("derivatives", var(results[-1]), var(inputs)))
    session.pools["TensorMap"] = [*others, *results[1:]]


OPERATIONS = [*operations_on_package.OPERATIONS, differentiate, differentiate, differentiate]
