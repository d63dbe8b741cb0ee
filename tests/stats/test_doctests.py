"""Every public function of stats shows an example, and the example is true."""

import ast
import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

from emptychair import stats

MODULES = sorted(module.name for module in pkgutil.iter_modules(stats.__path__))


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name: str) -> None:
    module = importlib.import_module(f"emptychair.stats.{name}")
    outcome = doctest.testmod(module, optionflags=doctest.ELLIPSIS)
    assert outcome.attempted > 0, "a module of stats shows at least one example"
    assert outcome.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_shows_an_example(name: str) -> None:
    path = Path(stats.__path__[0]) / f"{name}.py"
    functions = [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.FunctionDef)]
    public = [function for function in functions if not function.name.startswith("_")]
    assert [function.name for function in public if ">>>" not in (ast.get_docstring(function) or "")] == []
