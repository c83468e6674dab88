"""My own classes in a real browser: files, a camera, and a phone's width."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit, overflow, settled
from tests.transfer_pictures import COLOURS, jpeg

SOME = re.compile(r"^([2-9]|\d\d)$")  # pictures of a burst, as many as a slow machine counts
EMPTY = "/transfer?view=own&own_start=none"
REFUSE = """() => {
  navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", "NotAllowedError"));
}"""
END = """() => {
  const track = window.dlvizTrack;
  track.stop();
  track.dispatchEvent(new Event("ended"));
}"""
KEEP_TRACK = """() => {
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await ask(wanted);
    window.dlvizTrack = stream.getVideoTracks()[0];
    return stream;
  };
}"""


@pytest.fixture
def pictures(tmp_path: Path) -> dict[str, list[Path]]:
    """Two pictures of each colour, as files."""
    files: dict[str, list[Path]] = {}
    for name, colour in COLOURS.items():
        for seed in range(2):
            file = tmp_path / f"{name}-{seed}.jpg"
            file.write_bytes(jpeg(colour, seed))
            files.setdefault(name, []).append(file)
    return files


def choose_class(page: Page, name: str) -> None:
    page.get_by_role("radiogroup").get_by_text(name, exact=True).or_(
        page.get_by_role("button", name=name, exact=True)
    ).first.click()
    settled(page)


def thumbnails(page: Page, place: int) -> int:
    """Number of pictures of a class."""
    return page.locator(".thumbnails").nth(place).get_by_role("option").count()


def test_files_become_classes_with_an_answer_on_a_phone_too(
    visit: Visit, pictures: dict[str, list[Path]]
) -> None:
    page = visit(EMPTY, phone=True)
    for name, colour in (("Class 1", "red"), ("Class 2", "blue")):
        choose_class(page, name)
        page.locator("input[type=file]").first.set_input_files(pictures[colour])
        expect(page.locator(".thumbnails")).to_have_count(1 if colour == "red" else 2)
    expect(page.get_by_role("heading", name="The answer: “Class 2”")).to_be_visible()
    settled(page)
    # By keyboard to a picture of the other class.
    page.locator(".thumbnails").first.get_by_role("option").first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The answer: “Class 1”")).to_be_visible()
    page.locator(".class-map").get_by_role("button", name="Class 2").click()
    expect(page.locator(".class-map .sum")).to_contain_text("The 25 numbers for Class 2 add up to")
    expect(page.locator(".planes .plane")).to_have_count(2)
    assert overflow(page) <= 0


def test_bursts_of_the_camera_become_classes_and_what_it_sees_is_answered(visit: Visit) -> None:
    page = visit(EMPTY)
    page.evaluate(KEEP_TRACK)
    page.get_by_role("button", name="Start the camera").click()
    hold = page.locator("button[name=hold]")
    expect(hold).to_be_visible()
    hold.hover()  # once it stands still
    page.mouse.down()
    expect(page.locator(".camera .count")).to_have_text(SOME)
    page.mouse.up()
    expect(page.locator(".thumbnails")).to_have_count(1)
    choose_class(page, "Class 2")
    expect(hold).to_have_text("Hold to take pictures of “Class 2”")
    hold.focus()
    page.keyboard.down("Space")
    expect(page.locator(".camera .count")).to_have_text(SOME)
    page.keyboard.up("Space")
    expect(page.locator(".thumbnails")).to_have_count(2)
    for place, fewest in ((0, 2), (1, 1)):
        pictures = page.locator(".thumbnails").nth(place).get_by_role("option")
        expect(pictures.nth(fewest - 1)).to_be_visible()
    expect(page.get_by_text("The camera’s newest picture")).to_be_visible()
    before = thumbnails(page, 1)
    hold.focus()
    page.keyboard.down("Enter")
    expect(page.locator(".camera .count")).to_have_text(SOME)
    page.evaluate(END)
    expect(page.get_by_text("The camera is gone. The pictures taken so far stay")).to_be_visible()
    expect(page.locator(".thumbnails").nth(1).get_by_role("option")).not_to_have_count(before)


def test_a_camera_that_is_refused_leaves_a_sentence_and_the_files(visit: Visit) -> None:
    page = visit(EMPTY)
    page.evaluate(REFUSE)
    page.get_by_role("button", name="Start the camera").click()
    expect(page.get_by_text("The camera was refused")).to_be_visible()
    expect(page.get_by_role("button", name="Start the camera")).to_be_visible()
    expect(page.locator("button[name=hold]")).to_be_hidden()
