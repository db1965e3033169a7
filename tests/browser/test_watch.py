"""The browser fixtures notice what they promise to notice."""

import pytest

pytestmark = pytest.mark.browser


def test_console_errors_are_noticed(desktop, troubles):
    desktop.evaluate("console.error('broken thing')")
    assert troubles.unexpected() == ["broken thing ()"]
    troubles.expect("broken thing")
    assert troubles.unexpected() == []


def test_exceptions_are_noticed(desktop, troubles):
    desktop.goto("about:blank")
    desktop.evaluate("setTimeout(() => { throw new Error('lost') }, 0)")
    desktop.wait_for_timeout(50)
    assert troubles.unexpected() == ["exception: lost"]
    troubles.expect("exception: lost")


def test_breach_of_the_content_security_policy_is_noticed(desktop, troubles, live_server):
    desktop.goto(f"{live_server.url}/healthz")
    desktop.evaluate("new Image().src = 'data:image/gif;base64,R0lGODlhAQABAAAAACw='")
    desktop.wait_for_timeout(100)
    assert ["Content Security Policy" in text for text in troubles.unexpected()] == [True]
    troubles.expect("Content Security Policy")


def test_serious_findings_of_accessibility_are_noticed(desktop, axe, troubles, live_server):
    desktop.goto(f"{live_server.url}/healthz")
    desktop.evaluate(
        "document.title = 'x'; document.documentElement.lang = 'en';"
        "document.body.replaceChildren(document.createElement('input'))"
    )
    with pytest.raises(AssertionError, match="label"):
        axe(desktop)


def test_browser_finds_nothing_but_this_machine(desktop):
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        desktop.goto("http://example.org/")


def test_phone_is_a_touch_screen_of_390_pixels(phone):
    assert phone.evaluate("[screen.width, navigator.maxTouchPoints > 0]") == [390, True]
