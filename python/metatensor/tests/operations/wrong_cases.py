"""All wrong calls of operations, see ``wrong_calls.py``."""

from wrong_calls import ARITHMETIC, LINEAR_ALGEBRA, LOGIC
from wrong_dimensions import DIMENSIONS, MOVES
from wrong_selections import CREATE, JOIN, REDUCE, SELECT

CASES = [
    *ARITHMETIC,
    *LINEAR_ALGEBRA,
    *LOGIC,
    *JOIN,
    *SELECT,
    *REDUCE,
    *CREATE,
    *DIMENSIONS,
    *MOVES,
]
