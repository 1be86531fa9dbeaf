"""The switch which says if operations check their inputs.

Without checks, operations on several maps do not compare samples, components and properties: what
is left are errors of the libraries of arrays about shapes. Names of gradients and keys are always
compared, as blocks are found with them, and so is everything which memory safety needs. Functions
compiled by TorchScript can not read this switch, and always check.
"""

import os
from types import TracebackType
from typing import Optional, Type


def _enabled_in_environment() -> bool:
    value = os.environ.get("METATENSOR_UNSAFE_DISABLE_CHECKS", "")
    return value.lower() not in ("true", "1", "yes", "on")


_CHECKS_ENABLED = _enabled_in_environment()


def checks_enabled() -> bool:
    """Tell if the checks of the operations are enabled.

    They are unless :py:class:`unsafe_disable_checks` was used, or the environment variable
    ``METATENSOR_UNSAFE_DISABLE_CHECKS`` was set to ``true``, ``1``, ``yes`` or ``on`` when
    metatensor was imported.
    """
    return _CHECKS_ENABLED


class _SetChecks:
    # value given to the switch by the derived class
    _enabled: bool

    def __init__(self) -> None:
        self._before = checks_enabled()
        self._set(self._enabled)

    @staticmethod
    def _set(enabled: bool) -> None:
        global _CHECKS_ENABLED  # noqa: PLW0603 - this module is the switch
        _CHECKS_ENABLED = enabled

    def __enter__(self) -> None:
        self._set(self._enabled)

    def __exit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc_value: Optional[BaseException],
        traceback: Optional[TracebackType],
    ) -> None:
        self._set(self._before)

    def __repr__(self) -> str:
        return "checks enabled" if self._enabled else "checks disabled"


class unsafe_enable_checks(_SetChecks):  # noqa: N801 (used like a function)
    """Enable the checks of the operations, for good or inside a ``with`` block.

    >>> import metatensor as mts
    >>> mts.unsafe_enable_checks()
    checks enabled
    >>> mts.checks_enabled()
    True
    """

    _enabled = True


class unsafe_disable_checks(_SetChecks):  # noqa: N801 (used like a function)
    """Disable the checks of the operations, for good or inside a ``with`` block.

    Operations are then allowed to trust that their inputs fit together, and to give an
    arbitrary result if they do not.

    >>> import metatensor as mts
    >>> with mts.unsafe_disable_checks():
    ...     mts.checks_enabled()
    False
    >>> mts.checks_enabled()
    True
    """

    _enabled = False
