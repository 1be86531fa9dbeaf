"""Time the operations of two environments, in one run and in turn.

    python -m tools.benchmark_operations OURS REFERENCE [--flavour numpy|torch-plain|torch|
        torch-scripted] [--only TEXT] [--set TEXT] [--rounds N]

``OURS`` and ``REFERENCE`` are Python interpreters of environments where metatensor is
installed, or ``-`` for no reference. Each case is run in both, one after the other, and so
is its *limit*: a bare Python loop doing the same arithmetic on the arrays, without any
metadata. The best time of all rounds counts. The result is a table.
"""
