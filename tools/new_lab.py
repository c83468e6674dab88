"""Write a new lab that works as it comes: a page, a text, its parts and their tests.

    python -m tools.new_lab pooling --section Images --title Pooling

The files come from `tools/lab_template`; the lab's entry goes to the end of its section in the list of
labs, and the function for its card to the end of `dlviz/ui/home_cards.py`.
"""

import argparse
import re
from pathlib import Path
from string import Template

from dlviz.paths import ROOT

TEMPLATES = Path(__file__).parent / "lab_template"
# Template -> the file that is made of it.
FILES = {
    "page.py.txt": "pages/{name}.py",
    "lesson.md": "assets/lessons/{name}.md",
    "init.py.txt": "dlviz/ui/labs/{name}/__init__.py",
    "state.py.txt": "dlviz/ui/labs/{name}/state.py",
    "controls.py.txt": "dlviz/ui/labs/{name}/controls.py",
    "forward.py.txt": "dlviz/ui/labs/{name}/forward.py",
    "captions.py.txt": "dlviz/ui/labs/{name}/captions.py",
    "pictures.py.txt": "dlviz/ui/labs/{name}/pictures.py",
    "questions.py.txt": "dlviz/ui/labs/{name}/questions.py",
    "test_lesson.py.txt": "tests/lessons/test_{name}.py",
    "test_lab.py.txt": "tests/test_{name}_lab.py",
    "test_page.py.txt": "tests/pages/test_{name}.py",
}
LIST, CARDS = "dlviz/ui/labs/__init__.py", "dlviz/ui/home_cards.py"
NAME, TITLE = re.compile(r"[a-z][a-z_]{1,29}"), re.compile(r"[A-Z][\w ’-]{1,39}")


class BadLab(ValueError):
    """A lab that cannot be written; the message says why."""


def write_lab(root: Path, name: str, section: str, title: str) -> list[Path]:
    """Write a lab's files into a checkout, and its entry into the list of labs; the files written anew.

    Raises: BadLab for a name or title that does not fit, a section that is not there, or a file that is.
    """
    if NAME.fullmatch(name) is None:
        raise BadLab("A lab's name is its address: two to thirty small letters, or _ between them.")
    if TITLE.fullmatch(title) is None:
        raise BadLab("A lab's title begins with a capital letter and has forty letters at most.")
    files = {template: root / path.format(name=name) for template, path in FILES.items()}
    if there := [file for file in files.values() if file.exists()]:
        raise BadLab(f"There is {there[0].relative_to(root)} already: choose another name.")
    entries = _with_entry((root / LIST).read_text(encoding="utf-8"), name, section, title)
    values = {"name": name, "title": title}
    for template, file in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_fill(template, values), encoding="utf-8")
    (root / LIST).write_text(entries, encoding="utf-8")
    with (root / CARDS).open("a", encoding="utf-8") as cards:
        cards.write(_fill("card.py.txt", values))
    return list(files.values())


def _with_entry(source: str, name: str, section: str, title: str) -> str:
    """The list of labs with the new one after the last of its section."""
    last = rf'    Entry\(\n        "\w+",\n        "{re.escape(section)}",.*?\n    \),\n'
    places = [match.end() for match in re.finditer(last, source, re.DOTALL)]
    if not places:
        raise BadLab(f"There is no section {section}: see {LIST}.")
    entry = _fill("entry.py.txt", {"name": name, "section": section, "title": title})
    return source[: places[-1]] + entry + source[places[-1] :]


def _fill(template: str, values: dict[str, str]) -> str:
    return Template((TEMPLATES / template).read_text(encoding="utf-8")).substitute(values)


def main() -> None:
    """Read the command line and write the lab."""
    parser = argparse.ArgumentParser("python -m tools.new_lab", description=str(__doc__).partition("\n")[0])
    parser.add_argument("name", help="of the page, the address and the folder, such as pooling")
    parser.add_argument("--section", required=True, help="of the navigation, such as Images")
    parser.add_argument("--title", required=True, help="in the navigation, such as Pooling")
    chosen = parser.parse_args()
    try:
        written = write_lab(ROOT, chosen.name, chosen.section, chosen.title)
    except BadLab as problem:
        parser.error(str(problem))
    print(*(file.relative_to(ROOT) for file in written), LIST, CARDS, sep="\n")


if __name__ == "__main__":
    main()
