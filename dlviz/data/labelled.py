"""A teacher's own labelled texts, from a CSV file with the columns text and label."""

import csv
import io
from dataclasses import dataclass
from itertools import islice

LARGEST = 5_000_000  # bytes
ROWS = 20_000
CLASSES = 100
COLUMNS = ("text", "label")
NAMED = 8  # columns that are named where others are missing


class BadTable(ValueError):
    """A file that holds no labelled texts; the message says why, in a sentence for the learner."""


@dataclass(frozen=True)
class Labelled:
    """Texts, the index of each one's class, and the classes' names in alphabetical order."""

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


def read(data: bytes) -> Labelled:
    """Read the labelled texts of a CSV file in UTF-8, whose first line names its columns.

    Columns may be separated by commas, semicolons or tabs.

    Raises: BadTable for a file that is too large, is no UTF-8, lacks a column, a text or a label, has no
        rows or more than 20,000, or labels of one class only or of more than a hundred.
    """
    if len(data) > LARGEST:
        raise BadTable(f"The file is larger than {LARGEST // 1_000_000} MB.")
    rows = _rows(data)
    for line, text, label in rows:
        if not text.strip() or not label.strip():
            lacks = "label" if text.strip() else "text"
            raise BadTable(f"The row that ends in line {line} lacks its {lacks}.")
    if not rows:
        raise BadTable("The file has no rows under its first line.")
    classes = tuple(sorted({label.strip() for _, _, label in rows}))
    if len(classes) == 1:
        (only,) = classes
        raise BadTable(f"All labels are the same, “{only[:30]}”: two classes are needed at least.")
    if len(classes) > CLASSES:
        raise BadTable(
            f"The file has {len(classes):,} different labels, and {CLASSES} at the most can be told apart: "
            "is the right column named label?"
        )
    index = {name: at for at, name in enumerate(classes)}
    labels = tuple(index[label.strip()] for _, _, label in rows)
    return Labelled(tuple(text.strip() for _, text, _ in rows), labels, classes)


def _rows(data: bytes) -> list[tuple[int, str, str]]:
    """Rows of the file: the line in which each ends, its text and its label."""
    try:
        text = data.decode("utf-8-sig")
        # Some spreadsheets part columns by semicolons or tabs.
        mark = max(",;\t", key=text.partition("\n")[0].count)
        table = csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True)
        places = {name.strip().lower(): at for at, name in enumerate(next(table, []))}
        if missing := [column for column in COLUMNS if column not in places]:
            found = ", ".join(f"“{name[:20]}”" for name in islice(places, NAMED) if name) or "none"
            raise BadTable(f"There is no column {' and no column '.join(missing)}; found: {found}.")
        # By place: a dictionary a row would be as long as the first line, which may name a million columns.
        at = [places[column] for column in COLUMNS]
        texts = ((table.line_num, _cell(row, at[0]), _cell(row, at[1])) for row in table if row)
        rows = list(islice(texts, ROWS + 1))
    except UnicodeDecodeError as error:
        raise BadTable("The file is not UTF-8 text: save it as “CSV UTF-8”.") from error
    except csv.Error as error:
        raise BadTable("The file is no CSV: a quotation mark is left open, or a line is too long.") from error
    if len(rows) > ROWS:
        raise BadTable(f"The file has more than {ROWS:,} rows.")
    return rows


def _cell(row: list[str], place: int) -> str:
    """Cell at a place of a row; empty where the row is too short."""
    return row[place] if place < len(row) else ""
