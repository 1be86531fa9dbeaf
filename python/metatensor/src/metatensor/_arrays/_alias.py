"""The typing alias of arrays."""

import sys
from typing import TYPE_CHECKING, Any, NewType, Union

import numpy as np

if TYPE_CHECKING:
    from typing import TypeAlias

    #: Array of any supported library. Arrays of different libraries share no type that
    #: a type checker knows of.
    Array: TypeAlias = Any
else:

    class _ArrayType(NewType):
        """``NewType`` whose super type grows with the imported libraries."""

        @property
        def __supertype__(self) -> Any:
            from .._c_api import mts_array_t

            types = [np.ndarray, mts_array_t]
            for library, name in (("cupy", "ndarray"), ("jax", "Array"), ("torch", "Tensor")):
                # the library may be in the middle of its own import
                array_type = getattr(sys.modules.get(library), name, None)
                if array_type is not None:
                    types.insert(1, array_type)
            return Union[tuple(types)]

        @__supertype__.setter
        def __supertype__(self, value: object) -> None:
            pass

    #: Array of any supported library
    Array = _ArrayType("Array", np.ndarray)
    Array.__module__ = "metatensor"
