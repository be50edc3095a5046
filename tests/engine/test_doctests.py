"""The examples in the engine's docstrings."""

import doctest
import importlib
import pkgutil

import pytest

import mto_planning.engine

MODULES = [one.name for one in pkgutil.iter_modules(mto_planning.engine.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_say(name: str) -> None:
    """Run the doctests of a module."""
    module = importlib.import_module(f"mto_planning.engine.{name}")
    assert doctest.testmod(module).failed == 0
