"""The server as started by `python -m arcore serve`, seen by a stranger's browser."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest

from arcore.serve import POLICY
from tools.live import Live
from tools.served import Served

PAGES = ("/", "/aging", "/trends", "/customers", "/imports", "/settings")


def test_the_very_first_visitor_may_come_by_a_deep_link(
    serve: Callable[..., Served], another: Callable[..., Live]
) -> None:
    """A server on which nobody has opened `/` yet must not run the page without its shell."""
    address = serve().address
    tab = another(address)
    tab.open("/aging?as_of=2026-09-30")
    # Only the shell draws the menu and the shared filters, and it keeps what the address said.
    assert (
        tab.page.get_by_test_id("stTopNavLink").count() > 0
        or tab.page.get_by_test_id("stTopNavLinkContainer").count() > 0
    )
    assert tab.page.url.startswith(f"{address}/aging?")
    assert "as_of=2026-09-30" in tab.page.url
    assert tab.complaints == []


@pytest.mark.parametrize("path", PAGES)
def test_every_page_opens_without_a_complaint_and_asks_nobody_else(live: Live, path: str, hosts_of: Any) -> None:
    live.open(path)
    assert hosts_of(live.requests) == {"127.0.0.1"}
    assert live.complaints == []
    assert "could not be drawn" not in live.text()


def test_every_answer_carries_the_policy(shared_server: Served) -> None:
    for path in ("/", "/aging", "/_stcore/health", "/static/nothing"):
        request = urllib.request.Request(f"{shared_server.address}{path}")
        try:
            with urllib.request.urlopen(request) as answer:
                headers = answer.headers
        except urllib.error.HTTPError as error:
            headers = error.headers
            error.close()
        assert headers["content-security-policy"] == POLICY, path
        assert headers["x-frame-options"] == "DENY"
        assert headers["x-content-type-options"] == "nosniff"


def test_a_name_from_elsewhere_that_leads_here_is_refused(shared_server: Served) -> None:
    request = urllib.request.Request(shared_server.address, headers={"Host": "books.example.org"})
    with pytest.raises(urllib.error.HTTPError) as caught, urllib.request.urlopen(request):
        pass
    assert caught.value.code == 403
    assert caught.value.headers["content-security-policy"] == POLICY
    caught.value.close()


def test_the_policy_is_in_force(live: Live) -> None:
    """The browser refuses a request to elsewhere, so that a mistake of ours could not make one either."""
    live.open("/")
    refused = live.page.evaluate("fetch('https://example.org/').then(() => 'sent', () => 'refused')")
    assert refused == "refused"
    assert any("Content Security Policy" in complaint for complaint in live.complaints)
