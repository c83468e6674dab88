"""The lab of gradients in a real browser: the slider that is its heart, and a link."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit, overflow, settled


def test_the_forget_bias_lifts_the_lstm_by_keyboard_and_is_in_the_address(visit: Visit) -> None:
    page = visit("/gradients")
    expect(page.get_by_text("it has vanished")).to_be_visible()
    slider = page.get_by_role("slider", name=re.compile("forget bias"))
    slider.focus()
    for bias in ("0", "0.5", "1", "1.5", "2", "2.5", "3"):
        page.keyboard.press("ArrowRight")
        expect(page).to_have_url(re.compile(rf"[?&]bias={re.escape(bias)}(&|$)"))
    expect(page.get_by_text("more than 10⁻⁴ of it, in the LSTM and the LSTM’s cell")).to_be_visible()
    page.reload()
    expect(page.get_by_text("more than 10⁻⁴ of it, in the LSTM and the LSTM’s cell")).to_be_visible()
    slider.focus()
    page.keyboard.press("Home")
    expect(page.get_by_text("an LSTM as PyTorch draws it vanishes too")).to_be_visible()
    expect(page).not_to_have_url(re.compile("bias"))


def test_the_curves_are_drawn_and_clipping_unfolds(visit: Visit) -> None:
    page = visit("/gradients?gain=3&steps=60")
    expect(page.locator(".js-plotly-plot").first.locator(".scatterlayer .trace")).to_have_count(4)
    page.get_by_text("Gradient clipping at work").click()
    expect(page.get_by_text("not clipped: the largest gradient had norm")).to_be_visible()
    settled(page)
    expect(page.locator(".js-plotly-plot")).to_have_count(4)


def test_on_a_phone_the_sliders_and_the_chart_are_on_one_screen_and_nothing_is_wider(visit: Visit) -> None:
    page = visit("/gradients", phone=True)
    expect(page.get_by_text("steps back, this much of")).to_be_visible()
    assert overflow(page) <= 0
    chart = page.locator(".js-plotly-plot").first
    expect(chart).to_be_visible()
    settled(page)
    top = page.get_by_text("The LSTM’s forget bias", exact=True).first.bounding_box()
    bottom = chart.bounding_box()
    assert top
    assert bottom
    header = page.get_by_test_id("stHeader").bounding_box()
    assert header
    assert 0 < bottom["y"] + bottom["height"] - top["y"] < PHONE["height"] - header["height"]
    page.set_viewport_size({"width": 320, "height": 568})
    assert overflow(page) <= 0
    wider = page.evaluate(
        "[...document.querySelectorAll('[data-testid=stMain] *')].filter(each => "
        "each.getBoundingClientRect().right > window.innerWidth + 1 && !each.closest('.js-plotly-plot'))"
        ".map(each => each.tagName + ' ' + each.className).slice(0, 9)"
    )
    assert wider == []
