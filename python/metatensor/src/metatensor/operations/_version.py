"""Version of the operations, which are distributed together with metatensor-core."""

#: the generation of the API (0.5), and a number above all versions of other implementations
__version__ = "0.5.100"
