"""The lab of self-attention in a real browser: type, step, click a cell, pin, drop a head, draw."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit, settled
from tests.browser.strokes import DIGITS, draw, tool

RANDOM = "/attention?weights=random&text=dog+bites+man&"


def where(page: Page) -> Locator:
    return page.locator(".stages .where")


def total(page: Page) -> Locator:
    return page.locator(".stages .sum")


def matrix(page: Page, stage: str) -> Locator:
    return page.locator(f".stages figure[data-stage={stage}] canvas")


def click_cell(page: Page, stage: str, row: int, column: int, count: int) -> None:
    """The middle of a cell of a matrix of so many tokens by as many, under the names of its columns."""
    box = matrix(page, stage).bounding_box()
    assert box is not None
    cell = box["width"] / count
    top = box["height"] - box["width"]
    position = {"x": (column + 0.5) * cell, "y": top + (row + 0.5) * cell}
    matrix(page, stage).click(position=position)  # pyright: ignore[reportArgumentType]


def expect_address(page: Page, text: str) -> None:
    expect(page).to_have_url(re.compile(re.escape(text)))


def number(text: str | None) -> float:
    return float((text or "").replace("−", "-"))


def test_a_sentence_is_typed_and_its_words_become_rows(visit: Visit) -> None:
    page = visit("/attention")
    expect(where(page)).to_have_text("Q Kᵀ: “it” → “animal”")
    field = page.get_by_role("textbox", name="Your words")
    field.fill("the <b>river</b> bank was muddy")
    field.press("Control+Enter")
    words = page.locator(".looks .words button")
    expect(words.nth(2)).to_have_text("<")
    expect(words.last).to_have_text("[SEP]")
    expect(page.locator(".stages figure[data-stage=x] .shape")).to_have_text("14 × 384")
    expect_address(page, "text=the+%3Cb%3Eriver")


def test_a_clicked_score_is_a_dot_product_whose_terms_add_up(visit: Visit) -> None:
    page = visit(RANDOM)
    click_cell(page, "products", 2, 0, 3)
    expect(where(page)).to_have_text("Q Kᵀ: “man” → “dog”")
    terms = page.locator(".stages .terms span b").all_inner_texts()
    assert len(terms) == 4
    for bar in (page.locator(".stages canvas.scale"), page.locator(".looks canvas.scale")):
        expect(bar).to_have_accessible_name(
            re.compile(
                r"^Weights from 0, white, to 1, darkest; the largest is 0\.\d+, an even row has 0\.333$"
            )
        )
    expect(total(page)).to_have_text(re.compile(r"^Sum of the 4 products = −?[\d.]+$"))
    value = number((total(page).text_content() or "").split(" = ")[1])
    assert abs(sum(number(term.removeprefix("= ")) for term in terms) - value) < 0.01
    expect_address(page, "cell=products.2.0")
    page.reload()
    expect(where(page)).to_have_text("Q Kᵀ: “man” → “dog”")


def test_the_steps_are_walked_from_score_to_output(visit: Visit) -> None:
    page = visit(RANDOM + "cell=products.1.0")
    step = page.get_by_role("button", name="Next step")
    for place, formula in [
        ("÷ √4: “bites” → “dog”", r"÷ √4 = .* ÷ 2 = −?[\d.]+$"),
        ("softmax: “bites” → “dog”", r"^Its share of the sum of all: [\d.]+ ÷ [\d.]+ = 0\.\d+$"),
        ("× V: “bites”, number 1", r"^Sum of the 3 products = −?[\d.]+$"),
        ("joined: “bites”, number 5", r"^Number 1 of head 2, put in its place: −?[\d.]+$"),
        ("fc_out: “bites”, number 5", r"^Sum of the 12 products, .*, [+−] bias [\d.]+ = −?[\d.]+$"),
        ("+ X: “bites”, number 5", r"^−?[\d.]+ [+−] [\d.]+ = −?[\d.]+$"),
    ]:
        step.click()
        expect(where(page)).to_have_text(place)
        expect(total(page)).to_have_text(re.compile(formula))
    expect(step).to_be_disabled()
    page.get_by_role("button", name="Step back").click()
    expect(where(page)).to_have_text("fc_out: “bites”, number 5")


def edges(page: Page, selector: str) -> tuple[float, float]:
    """Where an element begins and ends in the window, from above."""
    box = settled(page).locator(selector).bounding_box()
    assert box is not None
    return box["y"], box["y"] + box["height"]


def test_heads_flow_and_sum_are_on_one_screen_and_nothing_jumps(visit: Visit) -> None:
    page = visit("/attention")
    assert edges(page, ".stages .all")[0] > 0
    flow, detail = edges(page, ".stages .flow"), edges(page, ".stages .detail")
    assert flow[1] <= detail[0] < detail[1] <= 900
    for _ in range(5):
        page.get_by_role("button", name="Next step").click()
        assert edges(page, ".stages .detail") == detail
        assert edges(page, ".stages .flow") == flow
    for width, height in ((1366, 768), (1280, 720)):
        page.set_viewport_size({"width": width, "height": height})
        settled(page).locator(".stages .way").evaluate("(way) => way.scrollIntoView({ block: 'end' })")
        flow, detail = edges(page, ".stages .flow"), edges(page, ".stages .detail")
        assert 0 < edges(page, ".stages .all")[0] < flow[0] < flow[1] <= detail[0] < detail[1] <= height


def test_the_ten_largest_terms_come_first_and_the_rest_in_one(visit: Visit) -> None:
    page = visit("/attention")
    expect(page.locator(".stages .terms span")).to_have_count(11)
    values = [number(term.removeprefix("= ")) for term in page.locator(".stages .terms b").all_inner_texts()]
    sizes = [abs(value) for value in values[:10]]
    assert sizes == sorted(sizes, reverse=True)
    expect(page.locator(".stages .terms .rest small")).to_have_text("the other 22")
    assert abs(sum(values) - number((total(page).text_content() or "").split(" = ")[1])) < 0.02


# Counts what the page sends to its server.
COUNT_SENT = """() => {
  window.sent = 0;
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (...all) {
    window.sent += 1;
    return send.apply(this, all);
  };
}"""


def test_a_token_under_the_pointer_lights_up_in_all_pictures_and_nothing_is_sent(visit: Visit) -> None:
    page = visit("/attention?scaled=off&off=5")
    pictures = {
        name: page.locator(selector).first
        for name, selector in {
            "head": ".stages .all button canvas",
            "matrix": ".stages figure[data-stage=scaled] canvas",
            "map": ".looks canvas.big",
            "tile": ".tiles canvas",
        }.items()
    }

    def shown() -> dict[str, str]:
        return {name: canvas.evaluate("canvas => canvas.toDataURL()") for name, canvas in pictures.items()}

    page.evaluate(COUNT_SENT)
    unlit = shown()
    page.locator(".looks .words button").nth(2).hover()
    expect(page.locator(".stages .all .looks").first).to_have_text(re.compile("^animal → "))
    expect(page.locator(".word-highlights .lit")).to_have_text(re.compile("^animal"))
    lit = shown()
    assert [name for name in pictures if lit[name] == unlit[name]] == []
    pictures["tile"].hover(position={"x": 10, "y": 7 + 2 * 12})
    expect(page.locator(".looks .words .lit")).to_have_text("animal")
    matrix(page, "pattern").hover(position={"x": 20, "y": 150})
    expect(page.locator(".looks .words .lit")).to_have_count(1)
    page.mouse.move(5, 5)
    expect(page.locator(".looks .words .lit")).to_have_count(0)
    assert shown() == unlit
    assert page.evaluate("window.sent") == 0


def test_heads_laid_over_each_other_are_told_by_more_than_their_colour(visit: Visit) -> None:
    page = visit("/attention?view=lines&laid=0.5")
    names = page.locator(".looks .key span")
    expect(names).to_have_count(4)
    assert names.all_inner_texts()[:3] == ["head 2", "head 1", "head 6"]
    # Where a sample of each line is drawn, and where it is interrupted.
    opaque = """(samples) => samples.map((sample) => {
      const { data } = sample.getContext("2d").getImageData(0, sample.height / 2, sample.width, 1);
      return [...data].filter((_, at) => at % 4 === 3).map((alpha) => (alpha > 128 ? "-" : " ")).join("");
    })"""
    assert len(set(names.locator("canvas").evaluate_all(opaque))) == 3


def test_hover_gives_the_value_that_the_click_explains(visit: Visit) -> None:
    page = visit(RANDOM)
    click_cell(page, "pattern", 1, 2, 3)
    expect(where(page)).to_have_text("softmax: “bites” → “man”")
    tip = page.locator(".stages .tip")
    expect(tip.locator("strong")).to_have_text("softmax: “bites” → “man”")
    value = number(tip.locator("span").text_content())
    assert number((total(page).text_content() or "").split(" = ")[-1]) == value


def test_by_keyboard_alone_cells_and_heads_are_chosen(visit: Visit) -> None:
    page = visit(RANDOM + "cell=products.1.0")
    matrix(page, "products").focus()
    page.keyboard.press("ArrowDown")
    expect(where(page)).to_have_text("Q Kᵀ: “man” → “dog”")
    page.keyboard.press("ArrowRight")
    expect(where(page)).to_have_text("Q Kᵀ: “man” → “bites”")
    page.locator(".stages .all button").nth(2).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".stages .all button").nth(2)).to_have_attribute("aria-pressed", "true")
    expect_address(page, "head=2")
    expect(page.locator(".looks .title")).to_have_text("Who looks at whom: head 3")


def test_a_pinned_token_lights_its_row_and_stays_in_the_link(visit: Visit) -> None:
    page = visit("/attention")
    page.locator(".looks .words button").filter(has_text=re.compile("^it$")).click()
    expect(page.locator(".looks .told")).to_have_text(re.compile("^“it” .* looks most at “animal”"))
    expect_address(page, "pin=9")
    page.reload()
    expect(page.locator(".looks .told")).to_have_text(re.compile("^“it” .* looks most at “animal”"))


def test_a_head_is_switched_off_and_the_page_says_what_that_does(visit: Visit) -> None:
    page = visit("/attention?input=digit")
    page.get_by_role("button", name="Intervene").click()
    page.get_by_role("combobox", name="Heads switched off").click()
    page.get_by_role("option", name="head 2").click()
    expect(
        page.get_by_text(re.compile(r"With head 2 off, outputs move by .* untouched it says 7"))
    ).to_be_visible()
    off = page.locator(".stages .all button.off")
    expect(off).to_have_count(1)
    expect_address(page, "off=1")
    page.keyboard.press("Escape")
    # The controls stand over the heads that they change, and cover none of them.
    controls = settled(page).get_by_role("combobox", name="Heads switched off").bounding_box()
    assert controls is not None
    assert controls["y"] + controls["height"] < edges(page, ".stages .all")[0]
    page.get_by_role("button", name="Undo all").click()
    expect(off).to_have_count(0)
    expect(page.get_by_role("button", name="Undo all")).to_have_count(0)
    expect(page).not_to_have_url(re.compile("off="))


def test_a_digit_is_drawn_and_a_patch_is_pinned(visit: Visit) -> None:
    page = visit("/attention?input=digit")
    tool(page, "clear")
    expect(page.get_by_text("draw one, and its patches look at each other")).to_be_visible()
    draw(page, DIGITS[1])
    expect(page.get_by_role("heading", name=re.compile(r"The network says \d \("))).to_be_visible()
    patches = settled(page).locator(".patches canvas").first
    patches.click(position={"x": 24 * 3.5, "y": 24 * 2.5})
    expect(page.locator(".patches .note")).to_have_text(re.compile("^Patch 3,4 is pinned"))
    expect_address(page, "pin=18")
    patches.press("ArrowDown")
    expect(page.locator(".patches .note")).to_have_text(re.compile("^Patch 4,4 is pinned"))
    expect_address(page, "pin=25")


def test_without_the_division_the_formula_says_so(visit: Visit) -> None:
    page = visit(RANDOM + "cell=scaled.1.0")
    page.get_by_text("Divide by √head_dim").click()
    expect(where(page)).to_have_text("no ÷ √4: “bites” → “dog”")
    expect(total(page)).to_have_text(re.compile("not divided"))
    expect_address(page, "scaled=off")


def test_on_a_phone_the_steps_stand_one_below_the_other(visit: Visit) -> None:
    page = visit(RANDOM, phone=True)
    expect(where(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    boxes = [
        settled(page).locator(f".stages figure[data-stage={name}]").bounding_box()
        for name in ("x", "q", "out")
    ]
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(tops)
    assert len(tops) == 3


def test_on_a_phone_a_tapped_cell_shows_its_sum_without_scrolling(visit: Visit) -> None:
    page = visit("/attention", phone=True)
    pattern = matrix(page, "pattern")
    pattern.scroll_into_view_if_needed()
    pattern.click(position={"x": 120, "y": 100})
    expect(where(page)).to_have_text(re.compile("^softmax: "))
    box = settled(page).locator(".stages .sum").bounding_box()
    assert box is not None
    assert box["y"] > 0
    assert box["y"] + box["height"] < 844


def test_in_a_narrower_window_the_steps_stand_in_two_lines_and_tokens_stay_named(visit: Visit) -> None:
    page = visit("/attention")
    page.set_viewport_size({"width": 1000, "height": 900})
    expect(page.locator(".stages.folded")).to_be_visible()
    place = "(figure) => [figure.getBoundingClientRect().x, figure.getBoundingClientRect().y]"
    names = ("x", "products", "scaled", "pattern", "heads", "joined", "out", "added")
    boxes = [settled(page).locator(f".stages figure[data-stage={name}]").evaluate(place) for name in names]
    lines = [boxes[:3], boxes[3:]]
    assert all([x for x, _ in line] == sorted(x for x, _ in line) for line in lines)
    assert max(y for _, y in lines[0]) < min(y for _, y in lines[1])
    for name in ("x", "pattern"):
        expect(page.locator(f".stages figure[data-stage={name}]")).to_have_class(re.compile("labelled"))


def test_the_next_lab_has_the_same_words_and_leads_back_with_them(visit: Visit) -> None:
    page = visit("/attention?text=Man+bites+dog")
    page.get_by_role("link", name="the Transformer block lab").click()
    words = page.locator(".stream .gutter").first.locator("span")
    expect(words).to_have_text(["Man", "bites", "dog"])
    page.get_by_role("link", name="the Self-attention lab").click()
    expect(page.get_by_role("textbox", name="Your words")).to_have_value("Man bites dog")


def test_what_was_switched_off_among_more_heads_does_not_come_back_to_fewer(visit: Visit) -> None:
    page = visit("/attention")
    page.get_by_role("button", name="Intervene").click()
    page.get_by_role("combobox", name="Heads switched off").click()
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect_address(page, "off=11")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.get_by_text("Random", exact=True).click()
    expect(page.locator(".stages .all button")).to_have_count(3)
    page.locator(".stages .all button").first.click()
    expect_address(page, "head=0")
    expect(page.locator(".stages .all button.off")).to_have_count(0)
    expect(page.get_by_text("Something went wrong")).to_have_count(0)
