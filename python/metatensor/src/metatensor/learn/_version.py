"""Version of the learning utilities, which are distributed together with metatensor-core."""

#: the generation of the API (0.6), and a number above all versions of other implementations
__version__ = "0.6.100"
