"""The tuned server: libraries loaded once, migrated first, heap frozen, strict headers, loopback only.

The order in `serve` matters: Streamlit finds `.streamlit/config.toml` by `sys.argv[0]`, and everything that is loaded
before the heap is frozen costs no visitor anything.
"""

from __future__ import annotations

import gc
import importlib
import ipaddress
import socket
import sys
from collections.abc import Awaitable
from collections.abc import Callable
from collections.abc import MutableMapping
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from arcore.errlog import log_failure
from arcore.errors import BadInput
from arcore.errors import Unavailable
from arcore.settings import ROOT
from arcore.settings import settings

Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
AsgiApp = Callable[[Message, Receive, Send], Awaitable[None]]

LIBRARIES = ("numpy", "pandas", "pyarrow", "sqlmodel", "babel.numbers", "babel.dates")
"""What the pages use, loaded once before the first visitor."""

INLINE_SCRIPT = "sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA="
"""The one inline script of Streamlit's page; a test fails when an upgrade changes it."""

POLICY = "; ".join(
    (
        "default-src 'self'",
        f"script-src 'self' '{INLINE_SCRIPT}'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws://localhost:* ws://127.0.0.1:*",
        "worker-src 'self' blob:",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "object-src 'none'",
        "base-uri 'self'",
    )
)

HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SecurityHeaders:
    """Add `HEADERS` to every answer."""

    def __init__(self, app: AsgiApp) -> None:
        """Wrap an ASGI app."""
        self.app = app
        self.headers = [(name.encode(), value.encode()) for name, value in HEADERS.items()]

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass everything on, with our headers on the start of each HTTP answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                theirs = [pair for pair in message.get("headers", []) if pair[0].decode().lower() not in HEADERS]
                message = {**message, "headers": [*theirs, *self.headers]}
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class LoopbackNames:
    """Refuse requests that name another host than this machine.

    A web page elsewhere can make its own name lead to 127.0.0.1; without this it could then read the books through the
    visitor's browser.
    """

    def __init__(self, app: AsgiApp) -> None:
        """Wrap an ASGI app."""
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass on what asks for this machine; answer 403 to the rest."""
        if scope["type"] not in {"http", "websocket"} or _names_this_machine(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"arcore answers to 127.0.0.1 and localhost only"})


def _names_this_machine(scope: Message) -> bool:
    hosts = [value.decode("latin-1") for name, value in scope["headers"] if name == b"host"]
    try:
        loopback(urlsplit(f"//{hosts[0]}").hostname or "")
    except (BadInput, IndexError, ValueError):
        return False
    return len(hosts) == 1


def serve(*, address: str = "", port: int | None = None, ready: Callable[[str], None] | None = None) -> None:
    """Migrate the books, load everything once, and serve the pages until stopped.

    `port` 0 takes any free one; `ready` is told the address just before the server listens. Raises BadInput for an
    address that others could reach, Unavailable for a port that is taken or a store that can't be opened.
    """
    address = loopback(address or settings().address)
    port = free_port(address, settings().port if port is None else port)
    _migrate_books()
    _ensure_sample()

    sys.argv = [str(ROOT / "app.py")]
    import streamlit as st
    from starlette.middleware import Middleware
    from streamlit.runtime.pages_manager import PagesManager

    # A cold deep link goes through app.py from the first visitor on; the guard in the pages stays.
    PagesManager.uses_pages_directory = False
    app = st.App(ROOT / "app.py", middleware=[Middleware(SecurityHeaders), Middleware(LoopbackNames)])
    _load_once()
    gc.collect()
    gc.freeze()
    if ready is not None:
        ready(url_of(address, port))
    app.run(
        config={"server.address": address, "server.port": port, "server.maxUploadSize": settings().upload_mb},
    )


def loopback(address: str) -> str:
    """Return the address if only this machine can reach it; raises BadInput otherwise."""
    name = address.strip("[]")
    try:
        fine = name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        fine = False
    if not fine:
        raise BadInput(
            f"Not served on {address}: sign-in is not set up, so everyone who reaches it could change the books. "
            "Use 127.0.0.1",
            address=address,
        )
    return name


def free_port(address: str, port: int) -> int:
    """Return the port if it is free, any free one for 0. Raises Unavailable when it is taken."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with closing(socket.socket(family)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            message = f"Port {port} of {address} can't be used ({error.strerror}); `serve --port 0` takes any free one"
            raise Unavailable(message, port=port) from error
        found: int = probe.getsockname()[1]
        return found


def url_of(address: str, port: int) -> str:
    """Return what to type into a browser."""
    return f"http://[{address}]:{port}" if ":" in address else f"http://{address}:{port}"


def _migrate_books() -> None:
    from arcore.store.engine import open_engine
    from arcore.store.migrate import migrate

    engine = open_engine(settings().store_url)
    try:
        migrate(engine)
    finally:
        engine.dispose()


def _ensure_sample() -> None:
    """Build the sample company if there is none; an old one is brought to today when somebody opens it."""
    from arcore.sample import service

    url = settings().sample_url
    if not Path(url.removeprefix("sqlite:///")).exists():
        service.ensure(url, service.current_day())


def _load_once() -> None:
    """Import what the pages use, and compile the kernels, before anybody waits for it."""
    sys.path.insert(0, str(ROOT))
    for name in LIBRARIES:
        importlib.import_module(name)
    for path in sorted((ROOT / "pages" / "ui").glob("[!_]*.py")):
        try:
            importlib.import_module(f"pages.ui.{path.stem}")
        except ImportError as error:
            # The pages that need it will say so; the others work.
            log_failure(error, where=path.name)
    from arcore.analytics.warm import warm

    warm()
