"""The lab of gradients in a real browser: the slider that is its heart, and a link."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Visit, settled


def test_the_forget_bias_lifts_the_lstm_by_keyboard_and_is_in_the_address(visit: Visit) -> None:
    page = visit("/gradients")
    expect(page.get_by_text("It has vanished in all three")).to_be_visible()
    slider = page.get_by_role("slider", name=re.compile("forget bias"))
    slider.focus()
    for bias in ("0", "0.5", "1", "1.5", "2", "2.5", "3"):
        page.keyboard.press("ArrowRight")
        expect(page).to_have_url(re.compile(rf"[?&]bias={re.escape(bias)}(&|$)"))
    expect(page.get_by_text("can still be learnt by the LSTM")).to_be_visible()
    page.reload()
    expect(page.get_by_text("can still be learnt by the LSTM")).to_be_visible()
    slider.focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("An LSTM as PyTorch draws it vanishes as well")).to_be_visible()
    expect(page).not_to_have_url(re.compile("bias"))


def test_the_curves_are_drawn_and_clipping_unfolds(visit: Visit) -> None:
    page = visit("/gradients?gain=3&steps=60")
    expect(page.locator(".js-plotly-plot .scatterlayer .trace")).to_have_count(4)
    page.get_by_text("Gradient clipping at work").click()
    expect(page.get_by_text("not clipped: the largest gradient had norm")).to_be_visible()
    settled(page)
    expect(page.locator(".js-plotly-plot")).to_have_count(2)


def test_on_a_phone_nothing_is_wider_than_the_window(visit: Visit) -> None:
    page = visit("/gradients", phone=True)
    expect(page.get_by_text("steps back, so much of")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
