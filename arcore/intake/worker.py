"""Book a plan on a thread of its own, and say how far it is. Knows no screen: pages poll `status`."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from dataclasses import replace
from uuid import uuid4

from sqlalchemy import Engine

from arcore.errlog import log_failure
from arcore.errors import ArcoreError
from arcore.errors import NotFound
from arcore.intake.changes import Plan
from arcore.intake.service import commit
from arcore.store.unit import Actor

KEPT = 50
"""Finished jobs that can still be asked about."""


@dataclass(frozen=True)
class Job:
    """One booking.

    Attributes:
        done: from 0 to 1.
        phase: what is being done, for people.
        finished: it has ended, well or not.
        import_id: what was booked; None while it runs, after a failure, and when nothing would have changed.
        error: why it failed; nothing was written then.
    """

    number: str
    done: float = 0.0
    phase: str = "Waiting"
    finished: bool = False
    import_id: int | None = None
    error: ArcoreError | None = None


@dataclass
class _Run:
    job: Job
    cancel: threading.Event
    thread: threading.Thread | None = None


_RUNS: OrderedDict[str, _Run] = OrderedDict()
_LOCK = threading.Lock()


def start(engine: Engine, plan: Plan, *, actor: Actor, key: str | None = None) -> str:
    """Begin to book a plan and return the number of the job."""
    number = uuid4().hex
    run = _Run(Job(number), threading.Event())
    with _LOCK:
        _RUNS[number] = run
        for old in [known for known, one in _RUNS.items() if one.job.finished][: max(0, len(_RUNS) - KEPT)]:
            del _RUNS[old]
    run.thread = threading.Thread(target=_book, args=(run, engine, plan, actor, key), name=f"import-{number[:6]}")
    run.thread.start()
    return number


def status(number: str) -> Job:
    """Return how far a job is. Raises NotFound for one that this process never began or has forgotten."""
    with _LOCK:
        run = _RUNS.get(number)
        if run is None:
            raise NotFound("This booking is not known here any more; look at the history", job=number)
        return run.job


def cancel(number: str) -> None:
    """Ask a job to stop; its transaction is rolled back. One that is already writing its last rows may still finish."""
    with _LOCK:
        run = _RUNS.get(number)
    if run is not None:
        run.cancel.set()


def wait(number: str, seconds: float) -> Job:
    """Wait until a job has ended, at most so long, and return it as it stands then."""
    deadline = time.monotonic() + seconds
    while not (job := status(number)).finished and time.monotonic() < deadline:
        time.sleep(0.01)
    return job


def _book(run: _Run, engine: Engine, plan: Plan, actor: Actor, key: str | None) -> None:
    def progress(done: float, phase: str) -> None:
        _change(run, done=done, phase=phase)

    try:
        found = commit(engine, plan, actor=actor, key=key, progress=progress, cancelled=run.cancel.is_set)
        _change(run, done=1.0, phase="Done", finished=True, import_id=found)
    except ArcoreError as error:
        _change(run, phase="Failed", finished=True, error=error)
    except Exception as error:  # noqa: BLE001  a thread has nobody above it to tell
        reference = log_failure(error, where="import")
        said = ArcoreError(f"Nothing was booked. The log has the cause under reference {reference}.")
        _change(run, phase="Failed", finished=True, error=said)


def _change(run: _Run, **values: object) -> None:
    with _LOCK:
        run.job = replace(run.job, **values)  # type: ignore[arg-type]
