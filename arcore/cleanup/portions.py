"""Put more right than one write should hold: portion after portion on a thread, each whole or not at all."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from typing import NamedTuple

from arcore.errlog import log_failure
from arcore.errors import ArcoreError
from arcore.errors import NotFound

PORTION = 2_500
"""So many are put right in one transaction: the books are locked for a second or two, and free in between."""
MOST_JOBS = 50
"""So many finished jobs are remembered in a process."""

Work = Callable[[Sequence[int], str], Sequence[int]]
"""Puts some documents right in one transaction, under an idempotency key, and returns the documents it made."""


class Status(NamedTuple):
    """How far a job is: `done` of `total` are put right for good, whatever comes after.

    Attributes:
        done: how many are put right.
        total: how many are to be.
        made: the documents that stand for it, to take all of it back.
        ended: nothing more will happen.
        stopped: somebody asked to stop.
        error: why it ended before its time; the portion that it speaks of was not booked.
    """

    done: int
    total: int
    made: tuple[int, ...]
    ended: bool
    stopped: bool
    error: ArcoreError | None


@dataclass
class _Job:
    ids: tuple[int, ...]
    done: int = 0
    made: list[int] = field(default_factory=list)
    ended: bool = False
    error: ArcoreError | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


_jobs: OrderedDict[str, _Job] = OrderedDict()
_lock = threading.Lock()


def start(ids: Sequence[int], work: Work, *, key: str, portion: int = PORTION) -> str:
    """Begin, and return the job's id, which is its key; a key that is known already returns the same job."""
    with _lock:
        if key in _jobs:
            return key
        job = _Job(tuple(ids))
        _jobs[key] = job
        _forget_old()
    job.thread = threading.Thread(target=_run, args=(job, work, key, portion), name=f"portions-{key}", daemon=True)
    job.thread.start()
    return key


def status(key: str) -> Status:
    """Return how far a job is. Raises NotFound for one that this process does not know."""
    job = _job(key)
    ended = job.ended
    return Status(job.done, len(job.ids), tuple(job.made), ended, job.stop.is_set(), job.error)


def stop(key: str) -> None:
    """Ask a job to stop after the portion that it is at."""
    _job(key).stop.set()


def wait(key: str, seconds: float | None = None) -> Status:
    """Wait until a job has ended, at most so many seconds, and return how far it is."""
    thread = _job(key).thread
    if thread is not None:
        thread.join(seconds)
    return status(key)


def _run(job: _Job, work: Work, key: str, portion: int) -> None:
    try:
        for start_ in range(0, len(job.ids), portion):
            if job.stop.is_set():
                return
            part = job.ids[start_ : start_ + portion]
            job.made.extend(work(part, f"{key}-{start_}"))
            job.done += len(part)
    except ArcoreError as error:
        job.error = error
    except Exception as error:  # noqa: BLE001  nobody else is there to see it: the log keeps it, people get a sentence
        reference = log_failure(error, where="clean_up")
        job.error = ArcoreError(f"It stopped here; the log tells why under {reference}", reference=reference)
    finally:
        job.ended = True


def _job(key: str) -> _Job:
    with _lock:
        job = _jobs.get(key)
    if job is None:
        msg = "This work is not known here any more; what it did stands in the audit log"
        raise NotFound(msg, job=key)
    return job


def _forget_old() -> None:
    ended = [key for key, job in _jobs.items() if job.ended]
    for key in ended[: max(0, len(_jobs) - MOST_JOBS)]:
        del _jobs[key]
