"""A class's rooms in a database: who may do what, what is counted, and what is left after a kill or a day."""

import csv
import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Timer

import pytest
from sqlalchemy import Engine, func, insert, select, update

from dlviz.classroom import codes, links
from dlviz.classroom.board import DRAWING, SENTENCE, SPREAD
from dlviz.classroom.codes import ALPHABET, MOST_WRONG, WINDOW, Guesses, draw_code, read_code
from dlviz.classroom.database import connect, reading
from dlviz.classroom.results import write_results
from dlviz.classroom.store import DAY, Classroom, Member, NoRoom, NotAllowed
from dlviz.classroom.tables import MIGRATIONS, NewerDatabase, answers, learners, migrate, rooms, schema
from dlviz.classroom.texts import NICKNAME, clean, write_question
from dlviz.classroom.watching import PACE, Watcher
from dlviz.questions import Axis, Choice, Drawing, Number, to_json
from dlviz.training.runs.owner import hashed

TEACHER, OTHER = "t" * 43, "u" * 43
QUESTION = Choice(
    name="fires",
    text="Which map fires?",
    options=["Map 1", "Map 2", "Map 3"],
    hints=["Look."],
    answer="Map 2",
    because="It is 3.1.",
)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'classes.sqlite3'}"
    return request.getfixturevalue("postgres").create_database()


@pytest.fixture
def connected(url: str) -> Iterator[Callable[[], Engine]]:
    """Connects to the database, as often as there are servers."""
    engines = []

    def connected() -> Engine:
        engines.append(connect(url))
        return engines[-1]

    yield connected
    for engine in engines:
        engine.dispose()


@pytest.fixture
def classroom(connected: Callable[[], Engine], clock: Clock) -> Classroom:
    return Classroom(connected(), clock)


def join(classroom: Classroom, code: str, count: int = 3) -> list[Member]:
    return [classroom.join(code, f"learner {number}") for number in range(count)]


def test_the_last_answer_counts_once(classroom: Classroom) -> None:
    code = classroom.open_room(TEACHER)
    first, second, _ = join(classroom, code)
    asked = classroom.ask(code, TEACHER, QUESTION)
    for value in ("Map 1", "Map 3", "Map 2"):
        assert classroom.answer(first, asked, value)
    assert classroom.answer(second, asked, "Map 1")
    assert not classroom.answer(second, asked, "Map 9")
    found = classroom.read_board(code).question
    assert found is not None
    assert (found.answered, found.spread(1), found.spread(2)) == (2, [1, 1, 0], [0, 0, 0])


def test_a_question_is_voted_on_twice_and_shown_when_the_teacher_says_so(classroom: Classroom) -> None:
    code = classroom.open_room(TEACHER)
    first, second, third = join(classroom, code)
    asked = classroom.ask(code, TEACHER, QUESTION)
    shown = [classroom.read_board(code).question]
    for learner in (first, second, third):
        classroom.answer(learner, asked, "Map 1")
    for step in (classroom.show_spread, classroom.let_talk, classroom.vote_again):
        step(code, TEACHER)
        shown.append(classroom.read_board(code).question)
    assert [(each.phase, each.round, each.shown_rounds) for each in shown if each] == [
        ("vote", 1, ()),
        ("spread", 1, (1,)),
        ("talk", 1, ()),
        ("vote", 2, ()),
    ]
    classroom.answer(first, asked, "Map 2")
    classroom.show_truth(code, TEACHER)
    assert not classroom.answer(second, asked, "Map 2")  # the vote is closed
    found = classroom.read_board(code).question
    assert found is not None
    assert (found.phase, found.truth, found.shown_rounds) == (SPREAD, True, (1, 2))
    assert (found.spread(1), found.spread(2)) == ([3, 0, 0], [0, 1, 0])


def test_only_the_rooms_teacher_leads(classroom: Classroom) -> None:
    mine, other = classroom.open_room(TEACHER), classroom.open_room(OTHER)
    for forbidden in (
        lambda: classroom.ask(mine, OTHER, QUESTION),
        lambda: classroom.show_spread(mine, OTHER),
        lambda: classroom.show_truth(mine, "learner 0"),
        lambda: classroom.send(mine, OTHER, "cnn"),
        lambda: classroom.take_off(mine, OTHER, 1),
        lambda: classroom.close_room(mine, OTHER),
    ):
        with pytest.raises(NotAllowed):
            forbidden()
    assert classroom.read_board(mine).version == 0
    classroom.close_room(other, OTHER)
    with pytest.raises(NoRoom):
        classroom.read_board(other)
    assert classroom.find_member(TEACHER) == Member(mine, None)


def test_the_question_before_the_last_takes_no_answer(classroom: Classroom) -> None:
    code = classroom.open_room(TEACHER)
    learner, _, _ = join(classroom, code)
    old, new = (classroom.ask(code, TEACHER, QUESTION) for _ in range(2))
    assert not classroom.answer(learner, old, "Map 1")
    assert classroom.answer(learner, new, "Map 1")


def test_a_learner_of_another_room_answers_nothing_here(classroom: Classroom) -> None:
    here, there = classroom.open_room(TEACHER), classroom.open_room(OTHER)
    asked = classroom.ask(here, TEACHER, QUESTION)
    (stranger,) = join(classroom, there, 1)
    assert not classroom.answer(stranger, asked, "Map 1")
    assert not classroom.answer(Member(here, stranger.learner), asked, "Map 1")
    classroom.share(Member(here, stranger.learner), DRAWING, "0" * 10)
    assert classroom.read_board(here).shared == ()


def test_a_room_dies_after_a_day_with_all_that_was_in_it(classroom: Classroom, clock: Clock) -> None:
    code = classroom.open_room(TEACHER)
    (learner,) = join(classroom, code, 1)
    classroom.answer(learner, classroom.ask(code, TEACHER, QUESTION), "Map 1")
    clock.now += DAY + 1
    with pytest.raises(NoRoom):
        classroom.join(code, "learner 0")
    assert classroom.find_member(TEACHER) is classroom.find_member("learner 0") is None
    classroom.open_room(OTHER)
    with classroom._engine.connect() as connection:
        left = [connection.scalar(select(func.count()).select_from(table)) for table in (learners, answers)]
    assert left == [0, 0]


def test_a_killed_server_loses_nothing(connected: Callable[[], Engine]) -> None:
    before = Classroom(connected())
    code = before.open_room(TEACHER)
    (learner,) = join(before, code, 1)
    asked = before.ask(code, TEACHER, QUESTION)
    before.answer(learner, asked, "Map 3")
    after = Classroom(connected())  # while the first still holds the database, as a killed one leaves it
    assert after.read_board(code) == before.read_board(code)
    assert after.join(code, "learner 0") == learner
    after.show_spread(code, TEACHER)
    found = before.read_board(code).question
    assert found is not None
    assert found.spread(1) == [0, 0, 1]


def test_sixty_answers_at_once_over_two_servers_are_all_counted(
    classroom: Classroom, connected: Callable[[], Engine], clock: Clock
) -> None:
    code = classroom.open_room(TEACHER)
    asked = classroom.ask(code, TEACHER, QUESTION)
    servers = classroom, Classroom(connected(), clock)

    def take_part(number: int) -> bool:
        member = servers[number % 2].join(code, f"learner {number}")
        return servers[(number + 1) % 2].answer(member, asked, f"Map {number % 3 + 1}")

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(take_part, range(60)))
    board = classroom.read_board(code)
    assert board.question is not None
    assert (len(board.learners), board.question.spread(1)) == (60, [20, 20, 20])
    assert board.version == 1 + 60 + 60


def test_a_token_is_kept_as_its_hash_alone(classroom: Classroom) -> None:
    code = classroom.open_room(TEACHER)
    join(classroom, code, 1)
    with classroom._engine.connect() as connection:
        kept = [connection.scalar(select(rooms.c.teacher)), connection.scalar(select(learners.c.token))]
    assert kept == [hashed(TEACHER), hashed("learner 0")]


def test_a_nickname_is_cut_and_freed_from_what_is_not_seen() -> None:
    assert clean("x" * 10_000, NICKNAME) == "x" * NICKNAME
    assert clean(" Ada\N{RIGHT-TO-LEFT OVERRIDE}\n\tLove\x00lace ", NICKNAME) == "Ada Lovelace"


def test_a_wall_shows_one_drawing_of_each_and_a_name_only_if_wanted(classroom: Classroom) -> None:
    code = classroom.open_room(TEACHER)
    first, second, _ = join(classroom, code)
    classroom.rename(first, "Ada")
    classroom.rename(second, "Bob")
    classroom.share(first, DRAWING, "one")
    classroom.share(first, DRAWING, "two", named=True)
    classroom.share(second, DRAWING, "three")
    wall = classroom.read_board(code).of_kind(DRAWING)
    assert [(each.content, each.name) for each in wall] == [("two", "Ada"), ("three", "")]
    classroom.take_off(code, TEACHER, wall[0].id)
    assert [each.content for each in classroom.read_board(code).shared] == ["three"]
    with pytest.raises(ValueError, match="other"):
        classroom.share(first, "other", "x")


def test_what_was_taken_off_the_wall_stays_off_until_the_class_is_asked_again(classroom: Classroom) -> None:
    code = classroom.open_room(TEACHER)
    first, _, _ = join(classroom, code)
    classroom.gather(code, TEACHER, DRAWING)
    assert classroom.share(first, DRAWING, "one")
    classroom.take_off(code, TEACHER, classroom.read_board(code).shared[0].id)
    assert not classroom.share(first, DRAWING, "one")
    assert not classroom.share(first, DRAWING, "two")
    assert classroom.share(first, SENTENCE, "Something else.")
    board = classroom.read_board(code)
    assert [each.kind for each in board.shared] == [SENTENCE]
    assert (first.learner, DRAWING) in board.taken_off
    classroom.gather(code, TEACHER, "")
    assert not classroom.share(first, DRAWING, "two")
    classroom.gather(code, TEACHER, DRAWING)
    assert classroom.share(first, DRAWING, "two")
    assert len(classroom.read_board(code).shared) == 2


def test_nothing_is_voted_on_again_once_the_answer_is_known(classroom: Classroom) -> None:
    code = classroom.open_room(TEACHER)
    first, _, _ = join(classroom, code)
    asked = classroom.ask(code, TEACHER, QUESTION)
    classroom.show_truth(code, TEACHER)
    for late in (classroom.let_talk, classroom.vote_again):  # from a page that does not know of it yet
        late(code, TEACHER)
        found = classroom.read_board(code).question
        assert found is not None
        assert (found.phase, found.round, found.truth) == (SPREAD, 1, True)
    assert not classroom.answer(first, asked, "Map 2")


def test_there_is_no_third_vote(classroom: Classroom) -> None:
    code = classroom.open_room(TEACHER)
    classroom.ask(code, TEACHER, QUESTION)
    for step in (classroom.vote_again, classroom.show_spread, classroom.let_talk, classroom.vote_again):
        step(code, TEACHER)
    found = classroom.read_board(code).question
    assert found is not None
    assert (found.phase, found.round) == (SPREAD, 2)


def test_a_question_of_ones_own_needs_two_different_answers() -> None:
    for options in ((), ("yes",), ("yes", " yes "), tuple("abcdefg")):
        with pytest.raises(ValueError, match="2 to 6"):
            write_question("Why?", options)
    assert write_question(" Why? ", ["yes", "", "no " + "o" * 200]).options == ["yes", "no " + "o" * 77]


def test_all_kinds_are_answered_and_judged(classroom: Classroom) -> None:
    code = classroom.open_room(TEACHER)
    learner, other, _ = join(classroom, code)
    scale = Axis("accuracy", 0, 100, "%")
    kept = {"hints": (), "because": "Counted.", "name": "asked", "text": "How well?"}
    number = Number(**kept, answer=98.0, scale=scale, step=1, tolerance=2)
    curve = Drawing(**kept, answer=(0.0, 50.0), across=Axis("epoch", 0, 1), up=scale, places=(0, 1))
    for question, right, wrong, bad in (
        (number, 97.0, 50.0, 101.0),
        (curve, [5.0, 50.0], [50.0, 90.0], [1.0]),
    ):
        asked = classroom.ask(code, TEACHER, question)
        assert classroom.answer(learner, asked, right)
        assert classroom.answer(other, asked, wrong)
        assert not classroom.answer(other, asked, bad)
        found = classroom.read_board(code).question
        assert found is not None
        assert to_json(found.question) == json.loads(json.dumps(to_json(question)))
        assert found.answers[0] == {learner.learner: right, other.learner: wrong}
    rights = [row["right"] for row in csv.DictReader(io.StringIO(write_results(classroom, code)))]
    assert rights == ["yes", "no", "yes", "no"]


def test_a_code_is_read_as_people_write_it() -> None:
    code = draw_code()
    assert read_code(f" {code[:2].lower()}-{code[2:]} ") == code
    assert [read_code(bad) for bad in ("", "ABCD", "ABCD0", "ABCDEF", "Ä" * 5, "A" * 10_000)] == [""] * 6
    assert not set(ALPHABET) & set("ILO015S")


def test_guessing_is_slowed_down_for_one_browser_and_not_for_its_neighbours() -> None:
    clock = Clock()
    guesses = Guesses(clock)
    tried = 0
    for _ in range(1000):
        if not guesses.wait("thief", "10.0.0.1"):
            guesses.note_wrong("thief", "10.0.0.1")
            tried += 1
        clock.now += 0.5
    assert tried <= MOST_WRONG * (1000 * 0.5 / WINDOW + 1)
    assert guesses.wait("learner", "10.0.0.1") == 0
    for number in range(codes.MOST_WRONG_HERE):  # with a new cookie each time
        guesses.note_wrong(f"thief {number}", "10.0.0.2")
    assert 0 < guesses.wait("thief", "10.0.0.2") <= WINDOW


@pytest.mark.parametrize(
    "link",
    [
        "https://elsewhere.org",
        "//elsewhere.org",
        "javascript:alert(1)",
        "nolab",
        "cnn/../x",
        "",
        "cnn?" + "a" * 9000,
    ],
)
def test_a_link_leads_to_this_app_alone(link: str) -> None:
    with pytest.raises(links.ForeignLink):
        links.read_link(link, {"cnn"})


def test_a_link_is_written_as_it_is_read() -> None:
    found = links.read_link("cnn?sample=0&off=1%3A0-6&text=a+b", {"cnn"})
    assert found.query == (("sample", "0"), ("off", "1:0-6"), ("text", "a b"))
    assert found.link == "cnn?sample=0&off=1%3A0-6&text=a+b"


def test_all_who_watch_share_one_look(classroom: Classroom, monkeypatch: pytest.MonkeyPatch) -> None:
    code = classroom.open_room(TEACHER)
    asked = []
    version = classroom.version
    monkeypatch.setattr(classroom, "version", lambda room: asked.append(room) or version(room))
    clock = Clock()
    watcher = Watcher(classroom, clock)
    boards = [watcher.board(code) for _ in range(30)]
    join(classroom, code, 1)
    assert all(board is boards[0] for board in [*boards, watcher.board(code)])
    assert asked == [code]
    clock.now += PACE
    assert len(watcher.board(code).learners) == 1
    classroom.close_room(code, TEACHER)
    with pytest.raises(NoRoom):
        watcher.board(code, now=True)


def test_results_hold_every_answer_and_no_formula(classroom: Classroom) -> None:
    code = classroom.open_room(TEACHER)
    first, second, _ = join(classroom, code)
    classroom.rename(first, "=1+1")
    asked = classroom.ask(code, TEACHER, QUESTION)
    classroom.answer(first, asked, "Map 2")
    classroom.answer(second, asked, "Map 1")
    classroom.vote_again(code, TEACHER)
    classroom.answer(second, asked, "Map 2")
    rows = list(csv.DictReader(io.StringIO(write_results(classroom, code))))
    assert [(row["round"], row["learner"], row["nickname"], row["answer"], row["right"]) for row in rows] == [
        ("1", "1", "'=1+1", "Map 2", "yes"),
        ("1", "2", "", "Map 1", "no"),
        ("2", "2", "", "Map 2", "yes"),
    ]


def test_a_computed_answer_of_0_is_in_the_results(classroom: Classroom) -> None:
    code = classroom.open_room(TEACHER)
    learner, _, _ = join(classroom, code)
    scale = Axis("maps switched off", 0, 8)
    kept = {"name": "asked", "text": "How many?", "hints": (), "because": "Counted."}
    asked = classroom.ask(code, TEACHER, Number(**kept, answer=0.0, scale=scale, step=1, tolerance=0))
    classroom.answer(learner, asked, 0.0)
    (row,) = csv.DictReader(io.StringIO(write_results(classroom, code)))
    assert (row["answer"], row["computed"], row["right"]) == ("0.0", "0.0", "yes")


def test_one_browser_in_many_tabs_is_one_learner(classroom: Classroom) -> None:
    code = classroom.open_room(TEACHER)
    tabs = 8
    together = Barrier(tabs, timeout=60)

    def join_all(_: int) -> list[Member]:
        joined = []
        for number in range(10):
            together.wait()
            joined.append(classroom.join(code, f"learner {number}"))
        return joined

    with ThreadPoolExecutor(tabs) as threads:
        first, *others = threads.map(join_all, range(tabs))
    assert all(each == first for each in others)
    assert [member.learner for member in first] == list(classroom.read_board(code).learners)


def test_a_database_is_brought_to_the_newest_version_once(connected: Callable[[], Engine]) -> None:
    with ThreadPoolExecutor(4) as threads:  # by several servers that start at once
        engines = list(threads.map(lambda _: connected(), range(4)))
    with engines[0].begin() as connection:
        migrate(connection)
        assert connection.scalars(select(schema.c.version)).all() == [len(MIGRATIONS)]
        connection.execute(update(schema).values(version=len(MIGRATIONS) + 1))
        with pytest.raises(NewerDatabase):
            migrate(connection)


def test_a_new_file_is_waited_for_while_another_server_sets_it_up(tmp_path: Path) -> None:
    file = tmp_path / "classes.sqlite3"
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("CREATE TABLE others (id)")
    other.execute("BEGIN IMMEDIATE")
    release = Timer(0.2, other.execute, ["COMMIT"])
    release.start()
    engine = connect(f"sqlite:///{file}")
    release.join()
    other.close()
    with reading(engine) as read:
        assert read.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()


def test_a_file_lets_pages_read_while_one_writes(tmp_path: Path) -> None:
    engine = connect(f"sqlite:///{tmp_path / 'classes.sqlite3'}")
    with engine.begin() as writing, reading(engine) as read:
        writing.execute(insert(schema).values(version=9))
        assert read.scalars(select(schema.c.version)).all() == [len(MIGRATIONS)]
    engine.dispose()


def test_a_room_of_before_lessons_is_kept(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'classes.sqlite3'}"
    with connect(url).begin() as connection:
        for column in ("lesson", "lesson_step"):
            connection.exec_driver_sql(f"ALTER TABLE rooms DROP COLUMN {column}")
        connection.execute(update(schema).values(version=1))
        connection.exec_driver_sql(
            "INSERT INTO rooms (code, teacher, opened, version, sent, sent_number, gathering)"
            f" VALUES ('ABCDE', '{hashed(TEACHER)}', 0, 0, 'cnn', 1, '')"
        )
    classroom = Classroom(connect(url), Clock())
    classroom.keep_lesson("ABCDE", TEACHER, "{}", 2)
    board = classroom.read_board("ABCDE")
    assert (board.sent, board.lesson, board.lesson_step) == ("cnn", "{}", 2)


def test_a_step_of_a_lesson_is_sent_and_asked_at_once(classroom: Classroom) -> None:
    code = classroom.open_room(TEACHER)
    classroom.keep_lesson(code, TEACHER, "{}")
    version = classroom.read_board(code).version
    classroom.take_lesson_step(code, TEACHER, 1, "cnn?lock=weights", QUESTION)
    board = classroom.read_board(code)
    assert (board.lesson_step, board.sent, board.version) == (1, "cnn?lock=weights", version + 1)
    assert board.question is not None
    assert (board.question.link, board.question.open) == ("cnn?lock=weights", True)
    (learner,) = join(classroom, code, 1)
    classroom.take_lesson_step(code, TEACHER, 2, "mlp")  # which asks nothing
    assert classroom.read_board(code).sent_number == 2
    assert classroom.read_board(code).question is None
    assert not classroom.answer(learner, board.question.id, "Map 1")
    classroom.show_truth(code, TEACHER)  # as another tab of the teacher's may still offer
    assert classroom.read_board(code).question is None
    assert [each.truth for each in classroom.read_questions(code)] == [False]
    with pytest.raises(NotAllowed):
        classroom.keep_lesson(code, OTHER, "{}")
    with pytest.raises(NotAllowed):
        classroom.take_lesson_step(code, OTHER, 1, "cnn")
    with pytest.raises(ValueError, match="too long"):
        classroom.keep_lesson(code, TEACHER, "x" * 200_001)


def test_a_question_of_another_room_is_not_answered_here(classroom: Classroom) -> None:
    here, there = classroom.open_room(TEACHER), classroom.open_room(OTHER)
    (learner,) = join(classroom, here, 1)
    asked = classroom.ask(there, OTHER, QUESTION)
    assert not classroom.answer(learner, asked, "Map 1")
