import time

import pytest

from dlviz.data import labelled
from dlviz.data.labelled import BadTable, OtherColumns, read, write
from dlviz.paths import ASSETS


def test_texts_labels_and_classes_are_read_whatever_the_order_and_case_of_the_columns() -> None:
    data = '\ufeffLabel, Text ,more\ngood,"nice, really",1\nbad,dull,2\ngood,“süß” 🎉,3\n'.encode()
    table = read(data)
    assert table.texts == ("nice, really", "dull", "“süß” 🎉")
    assert table.labels == (1, 0, 1)
    assert table.classes == ("bad", "good")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_columns_may_be_parted_by_commas_semicolons_or_tabs(mark: str) -> None:
    table = read(f'text{mark}label\n"good, really; yes"{mark}x\nbad{mark}y\n'.encode())
    assert table.texts == ("good, really; yes", "bad")
    assert table.classes == ("x", "y")


def test_a_text_may_hold_lines_and_quotation_marks() -> None:
    table = read(b'text,label\n"one\ntwo ""three""",a\nfour,b\n')
    assert table.texts[0] == 'one\ntwo "three"'


@pytest.mark.parametrize("told", ["sep=;", "sep=;;", '"sep=;"', "SEP=;\r"])
def test_the_line_by_which_excel_names_its_mark_is_no_header(told: str) -> None:
    table = read(f"{told}\ntext;label\na, really;x\nb;y\n".encode())
    assert table.texts == ("a, really", "b")
    with pytest.raises(BadTable, match="ends in line 3 lacks its label"):
        read(f"{told}\ntext;label\na\n".encode())
    assert read(b"sep=\t\ntext\tlabel\na\tx\nb\ty\n").classes == ("x", "y")


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_curly_quotation_marks_round_a_cell_quote_it(mark: str) -> None:
    rows = ["“text”{}“label”", "“good, really; yes”{} “x”", "„süß, gut“{}y", "a “b” c{}«y»", "“a” and “b”{}x"]
    table = read("\n".join(row.format(mark) for row in rows).encode())
    assert table.texts == ("good, really; yes", "süß, gut", "a “b” c", "“a” and “b”")
    assert table.classes == ("x", "y")


def test_the_mark_is_the_one_that_sets_the_two_columns_apart() -> None:
    table = read(b"text;label;a,b,c,d\n1,5 stars;bad;\nfine;good;\n")
    assert table.texts == ("1,5 stars", "fine")
    assert read(b"text|label\na|x\nb|y\n").classes == ("x", "y")


def test_empty_rows_and_cells_that_a_spreadsheet_leaves_are_skipped() -> None:
    table = read(b"\ntext,label\na,x,,\n,\n  , \nb,y\n,\n,,,\n\n")
    assert table.texts == ("a", "b")


def test_a_quotation_may_begin_after_a_space_and_end_before_one() -> None:
    assert read(b'text,label\n"a, ""b"" , c" ,"x" \nd, y\n').texts == ('a, "b" , c', "d")
    assert read(b'text, label\n"a, b", "x"\nc, y\n').texts == ("a, b", "c")


def test_labels_that_differ_in_capitals_alone_are_one_class() -> None:
    table = read(b"text,label\na,praise\nb,Praise\nc,Praise\nd,BLAME\ne, blame\nf,blame\n")
    assert table.classes == ("Praise", "blame")
    assert table.labels == (0, 0, 0, 1, 1, 1)


def test_unicode_text_as_excel_saves_it_is_read() -> None:
    assert read("text\tlabel\ncafé, süß\tx\nb\ty\n".encode("utf-16")).texts == ("café, süß", "b")


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (
            b"text,label\nI hate it,blame\nWell, I love this film,praise\n",
            "The row that ends in line 3 has more cells than the header: put a text that holds a comma in "
            "quotation marks.",
        ),
        (
            b"label;text\nx;a;b\n",
            "The row that ends in line 2 has more cells than the header: put a text that holds a semicolon "
            "in quotation marks.",
        ),
        (b"text,label,Text \na,x,b\n", "Two columns are named text: give one of them another name."),
        (b"label,text,label\nx,b,y\n", "Two columns are named label: give one of them another name."),
        (b"", "There is no column text and no column label; found: none."),
        (b"sentence,label\na,b\n", "There is no column text; found: “sentence”, “label”."),
        (b"text,class\na,b\n", "There is no column label; found: “text”, “class”."),
        (b"text,label\n", "The file has no rows under its first line."),
        (b"text,label\na,x\nb,x\n", "All labels are the same, “x”: at least two classes are needed."),
        (b"text,label\na,x\n ,y\n", "The row that ends in line 3 lacks its text."),
        (b"text,label\na,x\nb\n", "The row that ends in line 3 lacks its label."),
        (b"text,label\ngr\xfc\xdfe,x\n", "The file is not UTF-8 text: save it as “CSV UTF-8”."),
        (b"\x89PNG\r\n\x1a\n", "The file is not UTF-8 text: save it as “CSV UTF-8”."),
        (b'text,label\n"a\nb",x\nc\n', "The row that ends in line 4 lacks its label."),
        (
            b'text,label\nok,y\n"a,x\nb,y\n',
            "The row that begins in line 3 and goes on to line 4 has a quotation mark too many, or one "
            "that is left open.",
        ),
        (
            b'text,label\nok,y\n"Good" film,x\nb,y\n',
            "The row that begins in line 3 has a cell that goes on behind its closing quotation mark: put "
            "the whole cell in quotation marks, and double those inside it.",
        ),
        (
            b'text,label\nok,y\nHe said "wow, great" to me,x\n',
            "The row that ends in line 3 has more cells than the header: put a text that holds a comma in "
            "quotation marks, and double those inside it.",
        ),
        (
            b"text,label\nok,y\n" + b"a" * 140_000 + b",x\n",
            "The row that begins in line 3 has a cell of more than 131,072 letters.",
        ),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(data: bytes, problem: str) -> None:
    with pytest.raises(BadTable) as error:
        read(data)
    assert str(error.value) == problem


def test_too_many_rows_or_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelled, "ROWS", 2)
    assert len(read(b"text,label\na,x\nb,y\n").texts) == 2
    with pytest.raises(BadTable, match="more than 2 rows"):
        read(b"text,label\na,x\nb,y\nc,y\n")
    with pytest.raises(BadTable, match="larger than 5 MB"):
        read(b"x" * 5_000_001)


def test_many_columns_and_many_labels_are_told_quickly() -> None:
    columns = ",".join(["text", "label", *map(str, range(400_000))])
    before = time.process_time()
    table = read((columns + "\n" + "a,x\n" * 5_000 + "b,y\n").encode())
    assert len(table.texts) == 5_001
    with pytest.raises(BadTable, match="found: “0”, “1”, “2”, “3”, “4”, “5”, “6”, “7”") as refusal:
        read(columns.removeprefix("text,label,").encode())
    assert len(str(refusal.value)) < 200
    with pytest.raises(BadTable, match="19,000 different labels, and 100 at the most"):
        read(("text,label\n" + "".join(f"a,{row}\n" for row in range(19_000))).encode())
    # Twenty times as long as it takes, and a hundredth of what a dictionary a row would take.
    assert time.process_time() - before < 10


def test_a_table_with_other_columns_names_them_and_is_read_by_those_that_are_chosen() -> None:
    data = b"id;Review;Stars\n1;good film;five\n2;bad, long film;one\n"
    with pytest.raises(OtherColumns, match="no column text and no column label; found: “id”") as refusal:
        read(data)
    assert refusal.value.names == ("id", "Review", "Stars")
    table = read(data, ("Review", "Stars"))
    assert (table.texts, table.labels, table.classes) == (
        ("good film", "bad, long film"),
        (0, 1),
        ("five", "one"),
    )
    assert read(write(table)) == table


def test_the_sample_table_has_as_many_sentences_of_each_class_and_none_twice() -> None:
    table = read((ASSETS / "samples" / "sentences.csv").read_bytes())
    assert table.classes == ("food", "sport", "weather")
    assert [table.labels.count(label) for label in range(3)] == [64, 64, 64]
    assert len(table.distinct) == 192


def test_labels_that_look_alike_are_one_class() -> None:
    rows = [
        "a,non-fiction",
        "b,non\u2011fiction",
        "c,caf\u00e9",
        "d,cafe\u0301",
        "e,very good",
        "f,very  good",
    ]
    table = read("\n".join(["text\u200b,label", *rows]).encode())
    assert table.labels == (1, 1, 0, 0, 2, 2)


def test_a_cell_behind_the_last_named_column_is_refused_and_an_empty_one_is_not() -> None:
    assert read(b",text,label,,\n0,a,x,,\n1,b,y,,\n").classes == ("x", "y")
    with pytest.raises(BadTable, match="line 2 has more cells than the header"):
        read(b"text,label,\nWell, I love this film,praise\nyo,b,\n")
