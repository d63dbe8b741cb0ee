"""The examples of the nouns are true."""

import doctest
import importlib
import pkgutil

import pytest

from emptychair import domain

NAMES = sorted(module.name for module in pkgutil.iter_modules(domain.__path__))


@pytest.mark.parametrize("name", NAMES)
def test_the_examples_of_a_noun_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(f"emptychair.domain.{name}")).failed == 0
