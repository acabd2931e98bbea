"""Every gesture and key of the candle chart."""

from __future__ import annotations

import pytest

from tests.browser import logs
from tests.browser.conftest import OpenTab
from tests.browser.logs import POISONED, STEADY, TOO_HOT
from tests.browser.tab import Tab, until
from tests.support.server import Server


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(trainings.url)
    opened.wait_for_candles()
    for run in (STEADY, TOO_HOT):
        opened.check(run, False)
    opened.wait_for_candles()
    return opened


def wait_for_step(tab: Tab, step: int) -> None:
    """Until single steps are shown, with this one in the middle and marked."""
    around = (step + 0.5 - 20, step + 0.5 + 20)
    until(lambda: (tab.view().start, tab.view().end) == around, "the steps around it")
    until(lambda: tab.wait_for_candles().width == 1, "single steps")
    assert tab.get("spot").count() == 1


def test_a_click_on_a_wick_goes_down_to_the_step_and_back_again(tab: Tab) -> None:
    whole = tab.view()
    x, y = tab.place(logs.SPIKE_STEP)
    tab.page.mouse.click(x, y)
    wait_for_step(tab, logs.SPIKE_STEP)
    note = tab.wait_for("spot-note")
    assert f"step {logs.SPIKE_STEP:,} · high 41.7" in note.inner_text()
    tab.wait_for_value("high", logs.SPIKE)
    assert f"step {logs.SPIKE_STEP:,}" in tab.readout()
    tab.page.mouse.click(*tab.place(logs.SPIKE_STEP))
    assert tab.get("spot-note").count() == 1, "a single step leads no further"
    tab.chart.focus()
    tab.page.keyboard.press("Backspace")
    until(lambda: tab.wait_for_candles() == whole, "the view before")
    assert tab.get("spot-note").count() == 0
    tab.page.mouse.click(*tab.place(200))
    assert tab.view() == whole, "there is no wick"


def test_a_drag_whose_end_something_else_took_does_not_go_on_without_a_press(tab: Tab) -> None:
    tab.zoom(logs.SPIKE_STEP, notches=6)
    tab.frame.evaluate(
        "const takes = (event) => event.stopImmediatePropagation();"
        "addEventListener('pointerup', takes, { capture: true, once: true })"
    )
    x, y = tab.place(logs.SPIKE_STEP)
    mouse = tab.page.mouse
    mouse.move(x, y)
    mouse.down()
    dragged = tab.move(lambda: mouse.move(x + 50, y))
    mouse.up()
    read = tab.readout()
    mouse.move(x + 200, y, steps=4)
    until(lambda: tab.readout() != read, "the candle that is pointed at now")
    assert (tab.view().start, tab.view().end) == (dragged.start, dragged.end)


def test_enter_goes_down_from_the_axis_of_epochs_and_back_to_it(tab: Tab) -> None:
    tab.pick_axis("epochs")
    epochs = tab.wait_for_candles()
    tab.chart.focus()
    tab.page.keyboard.press("Home")
    for _ in range(logs.SPIKE_STEP // logs.STEPS_PER_EPOCH):
        tab.page.keyboard.press("ArrowRight")
    tab.wait_for_value("high", logs.SPIKE)
    tab.page.keyboard.press("Enter")
    wait_for_step(tab, logs.SPIKE_STEP)
    tab.wait_for("spot-note").get_by_role("button", name="Back").click()
    until(lambda: tab.wait_for_candles() == epochs, "the epochs")


def test_a_range_is_zoomed_into_with_shift_or_with_the_button(tab: Tab) -> None:
    whole = tab.view()
    (left, y), (right, _) = tab.place(1000), tab.place(1500)
    tab.page.mouse.move(left, y)
    tab.page.keyboard.down("Shift")
    tab.page.mouse.down()
    tab.page.mouse.move(right, y + 40, steps=4)
    selection = tab.wait_for("selection").bounding_box()
    assert selection is not None
    assert selection["width"] == pytest.approx(right - left, abs=2)
    tab.page.mouse.up()
    tab.page.keyboard.up("Shift")
    until(lambda: tab.view() != whole, "another view")
    view = tab.wait_for_candles()
    assert [view.start, view.end] == pytest.approx([1010, 1510], abs=12)
    assert tab.get("selection").count() == 0
    tab.get("select-range").click()
    (left, y), (right, _) = tab.place(1200), tab.place(1300)
    tab.page.mouse.move(left, y)
    tab.page.mouse.down()
    tab.page.mouse.move(right, y, steps=4)
    tab.page.mouse.up()
    until(lambda: tab.view().span < 130, "the range")
    assert tab.get("select-range").get_attribute("aria-pressed") == "false"


def test_a_double_click_shows_all_and_drags_pan(tab: Tab) -> None:
    whole = tab.view()
    tab.zoom(500, notches=8)
    assert tab.drag(0.4).start > tab.view().start - 1
    box = tab.chart.bounding_box()
    assert box is not None
    tab.page.mouse.dblclick(box["x"] + 200, box["y"] + 40)
    until(lambda: tab.wait_for_candles() == whole, "all of it")


def test_two_fingers_zoom(trainings: Server, open_tab: OpenTab) -> None:
    tab = open_tab(trainings.url, has_touch=True)
    tab.wait_for_candles()
    before = tab.view()
    box = tab.chart.bounding_box()
    assert box is not None
    y = box["y"] + 100
    session = tab.page.context.new_cdp_session(tab.page)

    def touch(kind: str, *xs: float) -> None:
        points = [{"x": x, "y": y, "id": i} for i, x in enumerate(xs)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", box["x"] + 300)
    touch("touchStart", box["x"] + 300, box["x"] + 400)
    for apart in (120, 160, 200):
        touch("touchMove", box["x"] + 350 - apart / 2, box["x"] + 350 + apart / 2)
    touch("touchEnd")
    until(lambda: tab.view().span < 0.6 * before.span, "a closer view")


def test_keys_pan_zoom_fit_and_explain_themselves(tab: Tab) -> None:
    whole = tab.view()
    tab.chart.focus()
    for key in ("+", "+", "="):
        tab.press(key)
    zoomed = tab.wait_for_candles()
    assert zoomed.span < 0.4 * whole.span
    later = tab.press("PageDown")
    assert later.start > zoomed.start
    assert tab.press("PageUp").start == pytest.approx(zoomed.start)
    assert tab.press("-").span > zoomed.span
    tab.page.keyboard.press("f")
    until(lambda: tab.wait_for_candles() == whole, "all of it")
    tab.page.keyboard.press("Home")
    until(lambda: "steps 0–" in tab.readout(), "the first candle")
    tab.page.keyboard.press("Shift+ArrowRight")
    until(lambda: f"steps {10 * whole.width:.0f}–" in tab.readout(), "ten candles on")
    tab.page.keyboard.press("Escape")
    tab.wait_for_value("close", logs.losses(POISONED)[-1])
    tab.page.keyboard.press("?")
    assert "Backspace" in tab.wait_for("help-panel").inner_text()
    tab.page.keyboard.press("Escape")
    tab.get("help-panel").wait_for(state="detached")
