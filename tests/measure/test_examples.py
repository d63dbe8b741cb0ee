import doctest
import importlib
import pkgutil

import pytest

from emptychair import measure, understand

MODULES = [
    module.name
    for package in (understand, measure)
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_the_text_of_a_module_are_true(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
