"""Functions on arrays under the names other packages know them by."""

from ._backend import (
    all_array,
    copy_array,
    ones_like_array,
    sum_array,
    zeros_like_array,
)

all = all_array
copy = copy_array
ones_like = ones_like_array
sum = sum_array
zeros_like = zeros_like_array
