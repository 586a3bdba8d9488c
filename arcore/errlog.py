"""What went wrong, for those who run the program: a rotating log; people get the reference number only."""

from __future__ import annotations

import logging
import secrets
import sys
import time
from functools import cache
from logging.handlers import RotatingFileHandler

from arcore.settings import settings

LOG_FILE = "arcore.log"
MAX_BYTES = 2_000_000
KEPT_FILES = 5


def log_failure(error: BaseException, *, where: str = "") -> str:
    """Write an error with its traceback to the log and return the reference number that people may quote.

    `where` names the page or the command. The traceback may hold customers' data: it stays in the log.
    """
    reference = secrets.token_hex(4).upper()
    logger().error("%s %s: %s", reference, where or "-", type(error).__name__, exc_info=error)
    return reference


@cache
def logger() -> logging.Logger:
    """Return the program's logger: a rotating file in the data folder, or standard error if that can't be written."""
    log = logging.getLogger("arcore")
    log.setLevel(settings().log_level)
    log.propagate = False
    log.addHandler(_handler())
    return log


def _handler() -> logging.Handler:
    handler: logging.Handler
    try:
        folder = settings().log_dir
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            folder / LOG_FILE, maxBytes=MAX_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
        )
        (folder / LOG_FILE).open("a").close()
    except OSError:
        handler = logging.StreamHandler(sys.stderr)
    line = logging.Formatter("%(asctime)sZ %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S")
    line.converter = time.gmtime
    handler.setFormatter(line)
    return handler
