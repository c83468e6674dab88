"""No module compares, cuts or searches a text that a learner reads: a better sentence breaks no program.

Found in the sources are comparisons, and methods and functions that look into a text,

1. with a literal of more than one word (also through a constant, an f-string or a loop over a constant),
2. of what is called a sentence, a title, a remark … or is a caught error's own message,
3. that take punctuation off a sentence's end.

What reads files, or words that a learner types, stands in ALLOWED with its reason.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
# Takes a text apart into words for a network: data to learn from.
WORDS = "dlviz.data.sentiment"
# Source of a call or comparison -> why it may look into a text.
ALLOWED = {
    "str(record.msg).startswith('Run out-of-band function')": "a line of Dask's log, which has no other mark",
    "'name taken' not in str(error)": "an error of Dask's, which has no type of its own",
    "CHAPTER.finditer(text)": "chapters of a novel's file",
    "re.compile('^chapter \\\\w+$', re.IGNORECASE | re.MULTILINE)": "chapters of a novel's file",
    "text.split('\\n## Words\\n')": "sections of a lesson's Markdown file",
    "head.removeprefix('# ').split('\\n## Try with ')": "sections of a lesson's Markdown file",
    "head.removeprefix('# ')": "title of a lesson's Markdown file",
    "re.compile(' *<!-- (.*?) -->')": "names of tests in a lesson's Markdown file",
    "CLAIM.sub('', (LESSONS / f'{lab}.md').read_text(encoding='utf-8'))": "names of tests in such a file",
    "first.replace('## Try\\n', '')": "sections of a lesson's Markdown file",
    "step.split('. ', 1)": "numbered list of a lesson's Markdown file",
    "re.compile(' · seed \\\\d+\\\\b')": "names of runs as they lie on disk",
    "SEED.sub('', group[0].status.name)": "names of runs as they lie on disk",
    "label.rpartition(' · ')": "names of runs as they lie on disk",
    "character in ALPHABET": "single characters",
    "character not in ALPHABET": "single characters",
    "alphabet != ALPHABET": "single characters",
    "alphabet != novels.ALPHABET": "single characters",
    "made.replace(file)": "a path",
    "f'{value:#.3g}'.rstrip('.')": "a number's digits",
    "f'{value:.6f}'.rstrip('0').rstrip('.')": "a number's digits",
}

METHODS = {
    "startswith",
    "endswith",
    "removeprefix",
    "removesuffix",
    "split",
    "rsplit",
    "partition",
    "rpartition",
    "strip",
    "lstrip",
    "rstrip",
    "find",
    "rfind",
    "index",
    "rindex",
    "count",
    "replace",
}
PATTERNS = {
    "match",
    "search",
    "fullmatch",
    "findall",
    "finditer",
    "sub",
    "subn",
    "split",
    "compile",
}
CUTTING = {"endswith", "removesuffix", "strip", "rstrip"}
READ_BY_LEARNERS = {
    "sentence",
    "remark",
    "title",
    "caption",
    "summary",
    "refusal",
    "made",
    "verdict",
    "result",  # of a weights file: a sentence on what its network reached
}
Literals = dict[str, list[str]]


def literals(node: ast.AST | None, known: Literals) -> list[str]:
    """The texts that an expression may be or holds; of a dict its keys, of an f-string its fixed parts."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return [text for part in parts for text in literals(part, known)]
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return [text for part in parts for text in literals(part, known)]
        case ast.Dict(keys=parts):
            return [text for part in parts for text in literals(part, known)]
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return literals(left, known) + literals(right, known)
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(), attr=name):
            return known.get(name, [])
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr="compile"), args=[pattern, *_]):
            return literals(pattern, known)
        case ast.Call(func=ast.Attribute(value=ast.Name() as looped, attr="items" | "keys")):
            return literals(looped, known)
    return []


def constants(tree: ast.Module) -> Literals:
    """Name -> the texts of each constant of a module."""
    found: Literals = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                found[name] = literals(value, found)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                pairs = zip(names, values, strict=False)
                found |= {ast.unparse(name): literals(value, found) for name, value in pairs}
            case ast.AnnAssign(target=ast.Name(id=name), value=value):
                found[name] = literals(value, found)
    return {name: texts for name, texts in found.items() if name.isupper()}


def looped(tree: ast.Module, known: Literals) -> Literals:
    """Name -> the texts that it stands for one after the other in a loop over a constant."""
    found: Literals = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.For | ast.comprehension) and (texts := literals(node.iter, known)):
            first = node.target.elts[0] if isinstance(node.target, ast.Tuple) else node.target
            if isinstance(first, ast.Name):
                found[first.id] = texts
    return found


def is_sentence(text: str) -> bool:
    """Tell whether a text is more than one word or mark: a space, and something beside it."""
    return " " in text and bool(text.strip())


def is_read_by_learners(node: ast.AST, errors: set[str]) -> bool:
    """Tell by its name whether an expression is read by learners, or is the message of a caught error."""
    match node:
        case ast.Call(func=ast.Name(id="str"), args=[ast.Name(id=name)]):
            return name in errors
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in READ_BY_LEARNERS
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return name in READ_BY_LEARNERS
    return False


def looks_into(node: ast.Call, known: Literals, errors: set[str]) -> bool:
    """Tell whether a call looks into a sentence."""
    if not isinstance(node.func, ast.Attribute):
        return False
    method, subject = node.func.attr, node.func.value
    texts = [text for argument in node.args for text in literals(argument, known)]
    if isinstance(subject, ast.Name) and subject.id in ("re", "regex"):
        subjects = node.args[1:]
        return method in PATTERNS and (
            any(map(is_sentence, texts)) or any(is_read_by_learners(each, errors) for each in subjects)
        )
    if method in PATTERNS - METHODS:  # of a compiled pattern
        return any(map(is_sentence, literals(subject, known))) or any(
            is_read_by_learners(each, errors) for each in node.args
        )
    if method not in METHODS:
        return False
    if any(map(is_sentence, texts)) or is_read_by_learners(subject, errors):
        return True
    return method in CUTTING and any(text and not text.strip(".,;:!?…") for text in texts)


def compares(node: ast.Compare, known: Literals, errors: set[str]) -> bool:
    """Tell whether a comparison is one with, or looks into, a sentence."""
    if not all(isinstance(op, ast.Eq | ast.NotEq | ast.In | ast.NotIn) for op in node.ops):
        return False
    sides = [node.left, *node.comparators]
    texts = [text for side in sides for text in literals(side, known) if text]
    if any(map(is_sentence, texts)):
        return True
    return any(is_read_by_learners(side, errors) for side in sides)


def found_in(source: str, everywhere: Literals | None = None) -> Iterator[tuple[int, str]]:
    """Line and source of each place that looks into a sentence.

    Args:
        everywhere: constants of other modules, as far as the source imports them.
    """
    tree = ast.parse(source)
    known = (everywhere or {}) | constants(tree)
    known |= looped(tree, known)
    errors = {node.name for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler) and node.name}
    for node in ast.walk(tree):
        match node:
            case ast.Call() if looks_into(node, known, errors):
                yield node.lineno, ast.unparse(node)
            case ast.Compare() if compares(node, known, errors):
                yield node.lineno, ast.unparse(node)
            case ast.match_case(pattern=ast.MatchValue(value=value)) if any(
                map(is_sentence, literals(value, known))
            ):
                yield value.lineno, f"case {ast.unparse(value)}"


FILES = {
    ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file
    for folder in ("dlviz", "pages")
    for file in sorted((ROOT / folder).rglob("*.py"))
}


def imported(source: str, constants_of: dict[str, Literals]) -> Literals:
    """The constants that a module takes from others, by the names that they have in it."""
    found: Literals = {}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                own = constants_of.get(node.module or "", {})
                if alias.name in own:
                    found[alias.asname or alias.name] = own[alias.name]
                found |= constants_of.get(f"{node.module}.{alias.name}", {})  # as `module.CONSTANT`
    return found


@pytest.fixture(scope="module")  # when it is asked for: seconds that no other process of the tests spends
def found() -> list[tuple[str, str]]:
    """Place and source of everything in the project's modules that looks into a sentence."""
    sources = {module: file.read_text(encoding="utf-8") for module, file in FILES.items()}
    constants_of = {module: constants(ast.parse(source)) for module, source in sources.items()}
    return [
        (f"{module}:{line}", code)
        for module, source in sources.items()
        if not module.startswith(WORDS)
        for line, code in found_in(source, imported(source, constants_of))
    ]


def test_no_module_looks_into_a_sentence_but_where_that_is_allowed(found: list[tuple[str, str]]) -> None:
    assert [f"{place} {code}" for place, code in found if code not in ALLOWED] == []
    assert ALLOWED.keys() - {code for _, code in found} == set()  # what is allowed is there


@pytest.mark.parametrize(
    "source",
    [
        'sentence.startswith(f"The {called} must")',
        'AFTER = {"A batch of": 1}\n[at for start, at in AFTER.items() if text.startswith(start)]',
        'if "milestone" in sentence: pass',
        'KNOWN = "Weights brought in from a file."\nruns = [run for run in all if run.last != KNOWN]',
        'disabled = status.sentence == "imported"',
        'line = told.made(found).rstrip(".")',
        'line = whose.made(found).removesuffix(".")',
        'where = after(run, epoch).rstrip(",")',
        'if "are read." in read.remark: pass',
        'stages = [stage for stage in all if stage.title.startswith("conv")]',
        'shares = re.findall(r"(\\d+): ([\\d.]+) %", text)',
        'bits = float(re.findall(r"[\\d.]+", warm.result(file))[0])',
        'now.rsplit(" (", 1)[0]',
        'try: pass\nexcept ValueError as problem:\n    if "JSON" in str(problem): pass',
        'match text:\n    case "Not here": pass',
        'PATTERN = re.compile("after epoch (\\\\d+)")\nPATTERN.search(text)',
        'if title in ("Loss", "Accuracy"): pass',
        "stages = [stage for stage in all if stage.title.startswith(kind)]",
    ],
)
def test_it_is_noticed(source: str) -> None:
    assert list(found_in(source))


def test_a_constant_of_another_module_is_noticed() -> None:
    assert list(found_in("if last == KNOWN: pass", {"KNOWN": ["Brought in from a file."]}))
    assert list(found_in("if last == watched.KNOWN: pass", {"KNOWN": ["Brought in from a file."]}))


@pytest.mark.parametrize(
    "source",
    [
        'if status.kind == "imported": pass',
        'name.split(".")',
        'name.endswith("attention.pattern")',
        'words = " ".join(text.split())',
        'if state in ("waiting", "running"): pass',
        'st.caption("Nothing is here." if count == 0 else "Something is here.")',
        'TASKS = {"digits": "Handwritten digits"}\nif task in TASKS: pass',
        "if status.sentence: st.info(status.sentence)",
        'text.replace("_", " ")',
    ],
)
def test_tokens_and_sentences_that_are_only_shown_are_left_alone(source: str) -> None:
    assert list(found_in(source)) == []
