"""A teacher's own labelled texts, from a table in a text file with the columns text and label."""

import csv
import io
import re
import unicodedata
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from dlviz.data.typography import make_plain

LARGEST = 5_000_000  # bytes
ROWS = 20_000
CLASSES = 100
COLUMNS = ("text", "label")
ENDINGS = ("csv", "tsv", "txt")  # of files that hold such a table
MARKS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}  # between two cells
SEPARATOR = re.compile(r'"?sep=(.)"?[,;\t]*', re.IGNORECASE)  # how Excel says which mark a file uses
CURLY = "“”„‟«»＂"  # quotation marks, of which a cell may have a pair round it
INNER_QUOTES = ", and double those inside it"
NAMED = 8  # columns that are named where others are missing


class BadTable(ValueError):
    """A file that holds no labelled texts; the message says why, in a sentence for the learner."""


class OtherColumns(BadTable):
    """A table whose columns have other names than text and label.

    Args:
        names: of its columns, as they stand in its first line, each once.
    """

    def __init__(self, sentence: str, names: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.names = names


@dataclass(frozen=True)
class Labelled:
    """Texts, the index of each one's class, and the classes' names in alphabetical order.

    Labels that differ in capitals alone are one class, named as most rows write it.
    """

    texts: tuple[str, ...]
    labels: tuple[int, ...]
    classes: tuple[str, ...]

    @property
    def distinct(self) -> list[int]:
        """Rows (n,) whose text has not stood before: large and small letters, and blanks, aside."""
        first: dict[str, int] = {}
        for row, text in enumerate(self.texts):
            first.setdefault(" ".join(text.casefold().split()), row)
        return list(first.values())


def read(data: bytes, columns: tuple[str, str] = COLUMNS) -> Labelled:
    """Read the labelled texts of a file in UTF-8, or in UTF-16 as Excel's "Unicode text" is, with a header.

    Cells may be separated by commas, semicolons, tabs or bars. Rows without any text in them are skipped.

    Args:
        columns: names of those that hold the texts and the labels; capitals count for nothing.
    Raises: OtherColumns where the table has no such columns, but two others at least; BadTable for a file
        that is too large, is no such text, lacks a column or has it twice, has a row with more cells than
        the header, lacks a text or a label, has no rows or more than 20,000, or labels of one class only or
        of more than a hundred.
    """
    if len(data) > LARGEST:
        raise BadTable(f"The file is larger than {LARGEST // 1_000_000} MB.")
    rows = _rows(data, columns)
    if not rows:
        raise BadTable("The file has no rows under its first line.")
    names: dict[str, Counter[str]] = {}
    for _, label in rows:
        names.setdefault(_alike(label), Counter())[label] += 1
    classes = {label: spellings.most_common(1)[0][0] for label, spellings in names.items()}
    if len(classes) == 1:
        (only,) = classes.values()
        raise BadTable(f"All labels are the same, “{only[:30]}”: at least two classes are needed.")
    if len(classes) > CLASSES:
        raise BadTable(
            f"The file has {len(classes):,} different labels, and {CLASSES} at the most can be told apart: "
            "is it the right column?"
        )
    index = {label: at for at, label in enumerate(sorted(classes, key=classes.__getitem__))}
    labels = tuple(index[_alike(label)] for _, label in rows)
    return Labelled(tuple(text for text, _ in rows), labels, tuple(sorted(classes.values())))


def write(table: Labelled) -> bytes:
    """Write labelled texts as a file that `read` reads: in UTF-8, with the columns text and label."""
    content = io.StringIO(newline="")
    lines = csv.writer(content)
    lines.writerow(COLUMNS)
    lines.writerows(zip(table.texts, (table.classes[label] for label in table.labels), strict=True))
    return content.getvalue().encode()


def _alike(label: str) -> str:
    """Write labels that look alike in one way: capitals, hyphens, spaces, and how an accent is encoded."""
    return " ".join(unicodedata.normalize("NFC", make_plain(label)).casefold().split())


def _rows(data: bytes, columns: tuple[str, str]) -> list[tuple[str, str]]:
    """Texts and labels of the file, row by row."""
    try:
        text = data.decode("utf-16" if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else "utf-8-sig")
        rows = list(islice(_read_cells(text, columns), ROWS + 1))
    except UnicodeDecodeError as error:
        raise BadTable("The file is not UTF-8 text: save it as “CSV UTF-8”.") from error
    if len(rows) > ROWS:
        raise BadTable(f"The file has more than {ROWS:,} rows.")
    return rows


def _read_cells(text: str, columns: tuple[str, str]) -> Iterator[tuple[str, str]]:
    wanted = [column.strip().lower() for column in columns]
    first = text[:20].splitlines()[0] if text else ""
    told = SEPARATOR.fullmatch(first)
    mark = (
        told[1]
        if told and told[1] in MARKS
        else _find_mark(text[told.end() if told else 0 :].lstrip(), wanted)
    )
    table = _Rows(_straighten(text, mark), mark)
    if told:
        next(table)
    header = next((row for row in table if any(map(str.strip, row))), [])
    names = [make_plain(name).strip().lower() for name in header]
    if missing := [column for column in wanted if column not in names]:
        found = ", ".join(f"“{name[:20]}”" for name in islice(filter(None, names), NAMED)) or "none"
        sentence = f"There is no column {' and no column '.join(missing)}; found: {found}."
        others = {name.strip().lower(): name.strip() for name in header if name.strip()}
        raise OtherColumns(sentence, tuple(others.values())) if len(others) > 1 else BadTable(sentence)
    for column in wanted:
        if names.count(column) > 1:
            raise BadTable(f"Two columns are named {column}: give one of them another name.")
    # By place: a dictionary a row would be as long as the first line, which may name a million columns.
    places = [names.index(column) for column in wanted]
    # Spreadsheets also write empty names, of columns behind the last.
    width = max(at for at, name in enumerate(names) if name) + 1
    for row in table:
        if not any(map(str.strip, row)):
            continue  # spreadsheets write such rows where cells were emptied
        if any(map(str.strip, row[width:])):
            raise BadTable(
                f"The row that ends in line {table.line} has more cells than the header: put a text that "
                f"holds a {MARKS[mark]} in quotation marks{INNER_QUOTES if table.holds_quotes else ''}."
            )
        # A row may be shorter than the header.
        cells = [row[place].strip() if place < len(row) else "" for place in places]
        for column, cell in zip(wanted, cells, strict=True):
            if not cell:
                raise BadTable(f"The row that ends in line {table.line} lacks its {column}.")
        yield cells[0], cells[1]


class _Rows:
    """Rows of a table, one after the other, and the line in which the last one ends.

    Raises: BadTable, naming the line, for quotation marks that do not close a cell.
    """

    def __init__(self, text: str, mark: str) -> None:
        self._lines = list(io.StringIO(text, newline=""))
        self._reader = csv.reader(self._lines, delimiter=mark, skipinitialspace=True, strict=True)
        self._begin = 0

    @property
    def line(self) -> int:
        """Number of the line in which the last row ends, from 1 on."""
        return self._reader.line_num

    @property
    def holds_quotes(self) -> bool:
        """True if there are quotation marks in the lines of the last row."""
        return '"' in self._last()

    def __iter__(self) -> Iterator[list[str]]:
        return self

    def __next__(self) -> list[str]:
        self._begin = self.line
        try:
            return next(self._reader)
        except csv.Error as error:
            begin, row = self._begin + 1, self._last()
            where = f"The row that begins in line {begin}" + (
                f" and goes on to line {self.line}" if self.line > begin else ""
            )
            if row.count('"') % 2:
                raise BadTable(f"{where} has a quotation mark too many, or one that is left open.") from error
            if len(row) > csv.field_size_limit():
                raise BadTable(
                    f"{where} has a cell of more than {csv.field_size_limit():,} letters."
                ) from error
            raise BadTable(
                f"{where} has a cell that goes on behind its closing quotation mark: put the whole cell in "
                f"quotation marks{INNER_QUOTES}."
            ) from error

    def _last(self) -> str:
        return "".join(self._lines[self._begin : self.line])


def _straighten(text: str, mark: str) -> str:
    """Write a word processor's quotation marks round a cell as a table has them, with no space behind."""
    inside = f'[^{CURLY}"\r\n]*'
    cell = re.compile(
        rf"(^|{re.escape(mark)})([^\S\r\n]*)[{CURLY}]({inside})[{CURLY}](?=[^\S\r\n]*(?:{re.escape(mark)}|$))",
        re.M,
    )
    text = cell.sub(lambda found: f'{found[1]}{found[2]}"{found[3]}"' if found[3].strip() else found[0], text)
    return re.sub(rf'(?<!")"[^\S\r\n\t]+(?={re.escape(mark)}|[\r\n])', '"', text)


def _find_mark(text: str, columns: list[str]) -> str:
    """Find the mark between a header's cells: one that sets both columns apart, or else the most frequent."""
    header = text.splitlines()[0] if text else ""

    def counted(mark: str) -> tuple[bool, int]:
        names = {name.strip().strip(CURLY + '"').lower() for name in header.split(mark)}
        return names.issuperset(columns), header.count(mark)

    return max(MARKS, key=counted)
