"""Open the app in the browser: serve its pages on this machine."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from arcore.cli import frame

EXAMPLE = "python -m arcore serve --port 8501"


def run(
    port: Annotated[int | None, typer.Option(help="0 takes any free port.", min=0, max=65535)] = None,
    address: Annotated[str, typer.Option(help="Only loopback, as long as there is no sign-in.")] = "",
) -> None:
    """Serve the pages on this machine until stopped with Ctrl+C; prints their address first."""
    from arcore.serve import serve
    from arcore.settings import settings

    # The pages read the settings: hand the store over that way.
    os.environ["ARCORE_DATABASE_URL"] = frame.store_url()
    settings.cache_clear()
    serve(address=address, port=port, ready=lambda url: frame.announce({"url": url}, f"URL: {url}"))
