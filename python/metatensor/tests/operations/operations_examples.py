"""Worked examples of the operations by name, run in both flavours."""

import examples_of_arithmetic
import examples_of_metadata
import examples_of_reductions
import examples_of_selection

EXAMPLES = {
    name[len("example_") :]: function
    for module in (
        examples_of_arithmetic,
        examples_of_selection,
        examples_of_reductions,
        examples_of_metadata,
    )
    for name, function in vars(module).items()
    if name.startswith("example_")
}
