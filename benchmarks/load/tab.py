"""One browser tab without a browser: it opens a page over the websocket, sets the day, and waits for the run to end.

It does what the browser's own script does with the messages: it keeps those that may be kept and says so with the next
click, follows the address, and answers with the ids of the widgets it was shown. It draws nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import date
from types import TracebackType
from typing import NamedTuple
from typing import Self
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect

DAY_LABEL = "As of"
"""The widget that is driven: the date of the shared filters."""
PATIENCE = 120.0
"""Seconds after which an answer counts as lost."""
KEPT_RUNS = 2
"""For so many runs the browser keeps a large message that was not sent again (`global.maxCachedMessageAge`)."""
ENDED = frozenset({ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY})


class BrokenPage(AssertionError):
    """The page showed a failure or not what was asked for: its speed means nothing."""


class Answer(NamedTuple):
    """What one click cost the one who clicked: seconds until the run had ended, and bytes that came in."""

    seconds: float
    received: int


class Tab:
    """One session of the app on one page.

    Attributes:
        shown: what the last whole run drew: elements and containers by kind.
        day: the day that is looked at; None until one was chosen.
    """

    def __init__(self, address: str, page: str, query: str = "") -> None:
        """Prepare a tab for `page` ("" is the first of the menu) with a query string; nothing is opened yet."""
        self.page, self.query = page, query
        self.shown: Counter[str] = Counter()
        self.day: date | None = None
        self._url = f"ws://{urlsplit(address).netloc}/_stcore/stream"
        self._script, self._widget, self._address_bar = "", "", query
        self._kept: dict[str, bytes] = {}
        self._used: dict[str, int] = {}
        self._runs = 0
        self._line: ClientConnection | None = None

    async def __aenter__(self) -> Self:
        """Connect."""
        self._line = await connect(
            self._url, subprotocols=["streamlit"], max_size=None, compression=None, ping_interval=None,  # type: ignore[list-item]
            open_timeout=PATIENCE,
        )  # fmt: skip
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the tab."""
        if self._line is not None:
            await self._line.close()

    async def open(self) -> Answer:
        """Ask for the page for the first time. Raises BrokenPage when it has no day to set."""
        answer = await self._run()
        if not self._widget:
            raise BrokenPage(f"{self.page or 'the first page'} has no {DAY_LABEL!r} to set")
        return answer

    async def click(self, day: date) -> Answer:
        """Choose a day and wait for the page. Raises BrokenPage when the page failed."""
        self.day = day
        return await self._run()

    async def _run(self) -> Answer:
        assert self._line is not None  # noqa: S101  inside `async with`
        asked = self._asked().SerializeToString()
        self.shown, received, begin = Counter(), 0, time.perf_counter()
        await self._line.send(asked)
        async with asyncio.timeout(PATIENCE):
            while True:
                data = await self._line.recv(decode=False)
                received += len(data)
                message = ForwardMsg.FromString(data)
                if message.WhichOneof("type") == "script_finished" and message.script_finished in ENDED:
                    answer = Answer(time.perf_counter() - begin, received)
                    self._forget_old()
                    return answer
                self._take(message, data)

    def _asked(self) -> BackMsg:
        back = BackMsg()
        back.rerun_script.query_string = self._address_bar
        back.rerun_script.page_script_hash = self._script
        back.rerun_script.page_name = "" if self._script else self.page
        back.rerun_script.cached_message_hashes.extend(self._kept)
        if self.day is not None:
            widget = back.rerun_script.widget_states.widgets.add()
            widget.id = self._widget
            widget.string_array_value.data.append(f"{self.day:%Y/%m/%d}")
        return back

    def _take(self, message: ForwardMsg, data: bytes) -> None:
        """Read a message as the browser does."""
        kind = message.WhichOneof("type")
        if message.metadata.cacheable and message.hash:
            self._kept[message.hash] = data
            self._used[message.hash] = self._runs
        if kind == "ref_hash":
            self._used[message.ref_hash] = self._runs
            self._take_delta(ForwardMsg.FromString(self._kept[message.ref_hash]).delta)
        elif kind == "delta":
            self._take_delta(message.delta)
        elif kind == "navigation":
            self._script = message.navigation.page_script_hash
        elif kind == "page_info_changed":
            self._address_bar = message.page_info_changed.query_string

    def _forget_old(self) -> None:
        """Drop the messages that were not sent for some runs."""
        self._runs += 1
        for name in [name for name, used in self._used.items() if self._runs - used > KEPT_RUNS]:
            del self._kept[name], self._used[name]

    def _take_delta(self, delta: Delta) -> None:
        kind = delta.WhichOneof("type")
        if kind == "add_block":
            self.shown[f"{delta.add_block.WhichOneof('type') or 'block'}"] += 1
            return
        if kind != "new_element":
            return
        element = delta.new_element
        name = element.WhichOneof("type") or "empty"
        self.shown[name] += 1
        if name == "exception" or (name == "alert" and element.alert.format == element.alert.ERROR):
            raise BrokenPage(f"{self.page or 'the first page'} shows a failure on {self.day}")
        if name == "date_input" and element.date_input.label == DAY_LABEL:
            self._widget = element.date_input.id
