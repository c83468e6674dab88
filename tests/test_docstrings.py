"""Docstrings stand on their own: they begin with a verb or a noun, and say the shapes of arrays."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from dlviz.paths import PACKAGE

FILES = sorted(PACKAGE.rglob("*.py"))
Documented = ast.Module | ast.ClassDef | ast.FunctionDef
FORBIDDEN = re.compile(r"(What|Whether|Which|How|Where|All of|The same)\b")
# A number of a shape: a name of one or two words, a number, or a sum or product of such.
TERM = r"[\w…]+( \w+)?"
NUMBER = rf"{TERM}( ?(\+|−|·|//?) ?{TERM})*"
SHAPE = re.compile(rf"\((…|{NUMBER},( {NUMBER}(, {NUMBER})*)?)\)|any shape")
ARRAY = re.compile(r"\b(ndarray|Tensor)\b")
# The weights of a network by their names, each of a shape of its own.
STATE_DICT = re.compile(r"\b(dict|Mapping)\[str, Tensor\]")


def documented(tree: ast.AST) -> Iterator[Documented]:
    """Modules, classes and functions of a tree, private ones included."""
    return (node for node in ast.walk(tree) if isinstance(node, Documented))


def public_functions(tree: ast.Module | ast.ClassDef) -> Iterator[tuple[ast.FunctionDef, str]]:
    """Public functions and methods, each with its docstring and its class's."""
    of_class = (ast.get_docstring(tree) or "") if isinstance(tree, ast.ClassDef) else ""
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public_functions(node)
        elif isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node, f"{ast.get_docstring(node) or ''}\n{of_class}"


def takes_or_gives_arrays(function: ast.FunctionDef) -> bool:
    """Read the annotations of a function for arrays and tensors."""
    arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    annotations = [*(argument.annotation for argument in arguments), function.returns]
    texts = (STATE_DICT.sub("", ast.unparse(each)) for each in annotations if each)
    return any(ARRAY.search(text) for text in texts)


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_docstrings_begin_with_a_verb_or_a_noun(file: Path) -> None:
    found = (ast.get_docstring(node) or "" for node in documented(ast.parse(file.read_text("utf-8"))))
    assert [text.partition("\n")[0] for text in found if FORBIDDEN.match(text)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PACKAGE)))
def test_public_functions_say_the_shapes_of_their_arrays(file: Path) -> None:
    functions = public_functions(ast.parse(file.read_text("utf-8")))
    assert [
        function.name
        for function, text in functions
        if takes_or_gives_arrays(function) and not SHAPE.search(text)
    ] == []


@pytest.mark.parametrize(
    "text", ["(batch, seq, embed)", "(n,)", "(…)", "(height − kernel height + 1, 3)", "of any shape"]
)
def test_a_tuple_of_names_and_numbers_is_a_shape(text: str) -> None:
    assert SHAPE.search(f"Maps {text} float32.")


@pytest.mark.parametrize("text", ["Maps of a stage.", "A class (the true one).", "f(x)", "values (seed)"])
def test_other_brackets_are_no_shape(text: str) -> None:
    assert not SHAPE.search(text)
