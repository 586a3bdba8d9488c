"""The launcher's own rules: loopback only, a free port, headers on every answer, Streamlit's one inline script."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import importlib
import re
import socket
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import streamlit

from arcore import serve
from arcore.errors import BadInput
from arcore.errors import Unavailable


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.1.1", "::1", "[::1]", "localhost"])
def test_this_machine_alone_is_served(address: str) -> None:
    assert serve.loopback(address) == address.strip("[]")


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.10", "example.org", "", "localhost.example.org"])
def test_addresses_that_others_reach_are_refused(address: str) -> None:
    with pytest.raises(BadInput, match="sign-in is not set up"):
        serve.loopback(address)


def test_the_refusal_comes_before_anything_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_migrate_books", lambda: pytest.fail("opened the books"))
    with pytest.raises(BadInput):
        serve.serve(address="0.0.0.0", port=0)


def test_port_zero_is_any_free_one() -> None:
    assert serve.free_port("127.0.0.1", 0) > 1023


def test_a_port_that_is_taken_is_said_so() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(Unavailable, match="--port 0"):
            serve.free_port("127.0.0.1", taken.getsockname()[1])


@pytest.mark.parametrize(("address", "url"), [("127.0.0.1", "http://127.0.0.1:8501"), ("::1", "http://[::1]:8501")])
def test_what_to_type_into_a_browser(address: str, url: str) -> None:
    assert serve.url_of(address, 8501) == url


def test_the_policy_allows_exactly_the_inline_scripts_of_this_streamlit() -> None:
    """When this fails after an upgrade: read the script in Streamlit's index.html, then change INLINE_SCRIPT."""
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page, re.DOTALL)
    digests = [base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    assert [f"sha256-{digest}" for digest in digests] == [serve.INLINE_SCRIPT]


def test_the_policy_names_no_outside_host() -> None:
    assert "http" not in serve.POLICY
    assert "*" not in serve.POLICY.replace("ws://localhost:*", "").replace("ws://127.0.0.1:*", "")
    assert "unsafe-eval" not in serve.POLICY


def test_our_headers_replace_theirs_and_sockets_pass_untouched() -> None:
    async def inner(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"X-Frame-Options", b"SAMEORIGIN"), (b"etag", b"1")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"hello"})

    def run(kind: str) -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        asyncio.run(serve.SecurityHeaders(inner)({"type": kind}, _nothing, send))
        return sent

    start, body = run("http")
    names = [name.lower() for name, _ in start["headers"]]
    assert names.count(b"x-frame-options") == 1
    assert dict(start["headers"])[b"x-frame-options"] == b"DENY"
    assert dict(start["headers"])[b"etag"] == b"1"
    assert body["body"] == b"hello"
    assert (b"X-Frame-Options", b"SAMEORIGIN") in run("websocket")[0]["headers"]


@pytest.mark.parametrize(
    ("host", "answered"),
    [
        ("127.0.0.1:8501", True),
        ("localhost", True),
        ("[::1]:8501", True),
        ("books.example.org", False),
        ("localhost.example.org", False),
        ("192.168.1.10:8501", False),
        ("127.0.0.1@example.org", False),
        ("", False),
    ],
)
def test_only_requests_that_name_this_machine_are_answered(host: str, answered: bool) -> None:
    async def inner(scope: Any, receive: Any, send: Any) -> None:
        await send("answered")

    def run(kind: str) -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": kind, "headers": [(b"host", host.encode())]}
        asyncio.run(serve.LoopbackNames(inner)(scope, _nothing, send))
        return sent

    if answered:
        assert run("http") == run("websocket") == ["answered"]
    else:
        assert run("http")[0]["status"] == 403
        assert run("websocket") == [{"type": "websocket.close", "code": 1008}]


async def _nothing() -> Any:
    return {}


def test_the_command_line_refuses_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    from arcore.cli import main

    assert main(["serve", "--address", "0.0.0.0", "--json"]) == 2
    assert '"bad_input"' in capsys.readouterr().out


def test_a_module_that_cannot_be_loaded_does_not_stop_the_server(
    monkeypatch: pytest.MonkeyPatch, own_settings: Path, own_log: Path
) -> None:
    load = importlib.import_module

    def broken(name: str, package: str | None = None) -> Any:
        if name.startswith("pages.ui"):
            raise ImportError("half an upgrade")
        return load(name, package)

    monkeypatch.setattr(importlib, "import_module", broken)
    monkeypatch.syspath_prepend(own_settings)
    serve._load_once()
    assert "half an upgrade" in own_log.read_text()
