"""Modules which take care of metatensor data."""

import inspect
from collections.abc import Callable
from typing import Any, Dict, List, Optional

import torch

from ._containers import apply_to_data, contains_data, is_empty, transform
from ._state import deserialize, serialize


class Buffer:
    """Marks metatensor data which is assigned to an attribute of a :py:class:`Module`.

    ``module.name = Buffer(value)`` is the same as ``module.register_buffer("name", value)``.

    :param value: Labels, TensorBlock, TensorMap, or nested dictionaries, lists and tuples
        of these
    :param persistent: is this part of the state dictionary of the module?
    """

    def __init__(self, value: Any, persistent: bool = True) -> None:
        self.data = value
        self.persistent = persistent


class Module(torch.nn.Module):
    """A :py:class:`torch.nn.Module` that knows about metatensor data.

    Labels, TensorBlock and TensorMap, or dictionaries, lists and tuples of these which were
    registered with :py:meth:`register_buffer` (or through :py:class:`Buffer`) follow the
    parameters of the module to other devices and dtypes, and into state dictionaries.

    >>> from metatensor import Labels
    >>> module = Module()
    >>> module.register_buffer("labels", Labels.range("n", 3))
    >>> module.labels = Labels.range("n", 5)
    >>> list(module.state_dict()["_extra_state"])
    ['labels']
    """

    _mts_buffer_names: List[str]
    _mts_non_persistent_buffers: List[str]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        # TorchScript only looks at the annotations of the class itself, and needs those of
        # attributes which can be empty or None
        annotations: Dict[str, Any] = {}
        for base in reversed(cls.__mro__):
            if issubclass(base, Module):
                annotations.update(inspect.get_annotations(base))
        cls.__annotations__ = annotations

    def __init__(self) -> None:
        super().__init__()
        self._mts_buffer_names = []
        self._mts_non_persistent_buffers = []
        # tells that this module contains metatensor data, also once it is scripted
        torch.nn.Module.register_buffer(self, "_mts_helper", torch.empty(0))

    def register_buffer(self, name: str, value: Any, persistent: bool = True) -> None:
        """Add tensors or metatensor data which is not a parameter to this module.

        :param name: name of the attribute
        :param value: a torch tensor, metatensor data, nested containers of it, or a
            placeholder: ``None`` or an empty container
        :param persistent: is this part of the state dictionary of the module?
        :raises TypeError: if ``value`` is something else
        :raises KeyError: if ``name`` is not a valid name, or already used
        """
        if isinstance(value, Buffer):
            value = value.data
        if isinstance(value, torch.Tensor):
            super().register_buffer(name, value, persistent)
            return
        if not (contains_data(value) or is_empty(value)):
            raise TypeError(
                f"can not register an object of {type(value)} as buffer '{name}', it must be a "
                "torch tensor, metatensor data, or a container of metatensor data"
            )
        self._check_new_name(name)
        self._mts_buffer_names.append(name)
        if not persistent:
            self._mts_non_persistent_buffers.append(name)
        super().__setattr__(name, value)

    def _check_new_name(self, name: Any) -> None:
        if not isinstance(name, str):
            raise TypeError(f"the name of a buffer must be a string, got {type(name)}")
        if "_mts_buffer_names" not in self.__dict__:
            raise AttributeError("can not register buffers before calling Module.__init__()")
        if name == "" or "." in name:
            raise KeyError(f"the name of a buffer can not be empty or contain dots, got '{name}'")
        if name in self._mts_buffer_names or hasattr(self, name):
            raise KeyError(f"the attribute '{name}' already exists in this module")

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Buffer):
            self.register_buffer(name, value.data, value.persistent)
        else:
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        super().__delattr__(name)
        for names in (self._mts_buffer_names, self._mts_non_persistent_buffers):
            if name in names:
                names.remove(name)

    def __setstate__(self, state: Dict[str, Any]) -> None:
        super().__setstate__(state)
        # modules from older versions did not have these
        self.__dict__.setdefault("_mts_buffer_names", [])
        self.__dict__.setdefault("_mts_non_persistent_buffers", [])

    def _apply(self, fn: Callable[[torch.Tensor], torch.Tensor], recurse: bool = True) -> "Module":
        super()._apply(fn, recurse)
        for name in self._mts_buffer_names:
            value = getattr(self, name)
            new = transform(value, apply_to_data(fn))
            if new is not value:
                setattr(self, name, new)
        return self

    def get_extra_state(self) -> Dict[str, Any]:
        """Get the persistent metatensor data of this module, to be saved."""
        state = {}
        for name in self._mts_buffer_names:
            value: Optional[Any] = getattr(self, name)
            if name not in self._mts_non_persistent_buffers and value is not None:
                state[name] = serialize(value)
        return state

    def set_extra_state(self, extra: Dict[str, Any]) -> None:
        """Restore metatensor data from what :py:meth:`get_extra_state` gave.

        :raises ValueError: if it contains classes which do not exist
        """
        for name, stored in extra.items():
            setattr(self, name, deserialize(stored))
