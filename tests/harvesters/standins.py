"""Stand-ins for what a harvester's parsing code imports and does not need: databases, web applications, tasks.

Runs in the harvesters' own environment. What is not named in ``real`` and cannot be found is a module whose every attribute is a placeholder; what the parsing
code does use is given by name.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Mapping, Sequence
from types import ModuleType
from typing import Any
from unittest.mock import MagicMock


class _Placeholder(ModuleType):
    """A module that has everything: classes for capital names, so that they can be derived from, and mocks for others."""

    def __init__(self, name: str, given: Mapping[str, Any]) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__dict__.update(given)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        made = type(name, (), {}) if name[0].isupper() else MagicMock(name=name)
        setattr(self, name, made)
        return made


class StandIns(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds placeholders for the packages ``absent`` (and what is in them), but for the modules ``real``."""

    def __init__(self, absent: Sequence[str], real: Sequence[str], given: Mapping[str, Mapping[str, Any]]) -> None:
        self._absent, self._real, self._given = tuple(absent), tuple(real), given

    def install(self) -> None:
        """Go before the usual finders."""
        sys.meta_path.insert(0, self)

    def find_spec(self, fullname: str, *_: Any) -> importlib.machinery.ModuleSpec | None:
        """A spec for what is a placeholder."""
        if fullname in self._real or fullname.partition(".")[0] not in self._absent:
            return None
        return importlib.machinery.ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        """The placeholder."""
        return _Placeholder(spec.name, self._given.get(spec.name, {}))

    def exec_module(self, module: ModuleType) -> None:
        """There is nothing to run."""
