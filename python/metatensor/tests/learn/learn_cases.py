"""Cases of modules by name, run in both flavours.

Each of the functions ``case_...`` takes a :py:class:`learn_modules.Flavour`.
"""

import learn_data
import learn_layers

CASES = {
    name[len("case_") :]: function
    for module in (learn_layers, learn_data)
    for name, function in vars(module).items()
    if name.startswith("case_")
}
