"""Draw the pictures of the README: every page of the sample company, light and dark. Run by `make screenshots`."""

from __future__ import annotations

import tempfile
from pathlib import Path
from urllib.parse import quote

from arcore.settings import ROOT
from tools.live import DESKTOP
from tools.live import Live
from tools.live import chromium
from tools.served import server

FOLDER = ROOT / "docs" / "screenshots"
PAGES = {
    "overview": "/",
    "aging": "/aging",
    "trends": "/trends",
    "month-end": "/month_end",
    "customers": "/customers",
    "reminders": "/reminders",
    "plans": "/plans",
    "clean-up": "/clean_up",
    "process": "/process",
    "imports": "/imports",
    "settings": "/settings",
}
SIZE = {"width": 1440, "height": 900}


def main() -> None:
    """Draw each page and write it below docs/screenshots."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, server(Path(data)) as address, chromium() as browser:
        for scheme in ("light", "dark"):
            context = browser.new_context(**DESKTOP | {"viewport": SIZE, "color_scheme": scheme})
            tab = Live(context.new_page(), address)
            for name, path in PAGES.items():
                tab.open(quote(path, safe="/?=&"), quiet=250)
                target = FOLDER / f"{name}-{scheme}.png"
                tab.page.screenshot(path=target, animations="disabled")
                print(target.relative_to(ROOT))
            context.close()


if __name__ == "__main__":
    main()
