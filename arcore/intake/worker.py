"""Commit a plan on a thread of its own, so that a page can poll how far it is. Knows no screen."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import TypeAlias

from sqlalchemy import Engine

from arcore.errlog import log_failure
from arcore.errors import ArcoreError
from arcore.errors import NotFound
from arcore.intake.changes import Plan
from arcore.intake.drops import book
from arcore.intake.service import Progress
from arcore.intake.service import commit
from arcore.store.unit import Actor

MOST_JOBS = 100
"""So many finished jobs are remembered in a process."""


@dataclass(frozen=True)
class Status:
    """How far a job is.

    Attributes:
        percent: 0 to 100.
        phase: what is being done, one or two words.
        done: it has ended, one way or the other.
        result: the import's id; None while it runs, after an error, or when nothing was to be changed.
        error: why nothing was booked; None when all went well.
    """

    percent: int
    phase: str
    done: bool
    result: int | None = None
    error: ArcoreError | None = None


@dataclass
class _Job:
    store_id: str
    percent: int = 0
    phase: str = "Waiting"
    done: bool = False
    result: int | None = None
    error: ArcoreError | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


_jobs: OrderedDict[str, _Job] = OrderedDict()
_lock = threading.Lock()


Again: TypeAlias = Callable[[frozenset[str]], Plan]
"""Makes a plan again on the books as they are, with answers."""


def start(engine: Engine, plan: Plan, *, actor: Actor, key: str | None = None, again: Again | None = None) -> str:
    """Begin to commit a plan and return the job's id. A key that is running already returns the same job.

    With `again` a plan that others overtook is made again, and booked when it still says the same.
    """
    job_id = key or secrets.token_hex(8)
    with _lock:
        running = _jobs.get(job_id)
        if running is not None and not running.done:
            return job_id
        job = _Job(plan.store_id)
        _jobs[job_id] = job
        _forget_old()

    def commit_it(progress: Progress) -> int | None:
        told: dict[str, Any] = {"actor": actor, "key": key, "progress": progress, "cancelled": job.stop.is_set}
        return commit(engine, plan, **told) if again is None else book(engine, plan, again, **told)[1]

    work = _work(commit_it, job)
    job.thread = threading.Thread(target=work, name=f"import-{job_id}", daemon=True)
    job.thread.start()
    return job_id


def running(store_id: str) -> str | None:
    """Return the job that is booking into a store at this moment, whoever began it; None when there is none."""
    with _lock:
        return next((job_id for job_id, job in _jobs.items() if job.store_id == store_id and not job.done), None)


def status(job_id: str) -> Status:
    """Return how far a job is. Raises NotFound for one that this process does not know."""
    job = _job(job_id)
    return Status(job.percent, job.phase, job.done, job.result, job.error)


def cancel(job_id: str) -> None:
    """Ask a job to stop; unless it is past the point of no return it rolls back and ends with a Cancelled error."""
    _job(job_id).stop.set()


def wait(job_id: str, seconds: float | None = None) -> Status:
    """Wait until a job has ended, at most so many seconds, and return how far it is."""
    thread = _job(job_id).thread
    if thread is not None:
        thread.join(seconds)
    return status(job_id)


def _work(commit_it: Callable[[Progress], int | None], job: _Job) -> Callable[[], None]:
    def tell(done: float, phase: str) -> None:
        job.percent, job.phase = int(done * 100), phase

    def work() -> None:
        try:
            job.result = commit_it(tell)
        except ArcoreError as error:
            job.error = error
        except Exception as error:  # noqa: BLE001  nobody else is there to see it: the log keeps it, people get a sentence
            reference = log_failure(error, where="import")
            job.error = ArcoreError(f"Nothing was booked; the log tells why under {reference}", reference=reference)
        finally:
            job.done = True

    return work


def _job(job_id: str) -> _Job:
    with _lock:
        job = _jobs.get(job_id)
    if job is None:
        msg = "This import is not known here any more; look at the history of imports"
        raise NotFound(msg, job=job_id)
    return job


def _forget_old() -> None:
    finished = [job_id for job_id, job in _jobs.items() if job.done]
    for job_id in finished[: max(0, len(_jobs) - MOST_JOBS)]:
        del _jobs[job_id]
