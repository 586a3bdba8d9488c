"""Send what is due on a thread of its own, so that a page can poll how far it is. Knows no screen."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date

from sqlalchemy import Engine

from arcore.dunning.debts import Place
from arcore.dunning.sending import Run
from arcore.dunning.sending import send_due
from arcore.errlog import log_failure
from arcore.errors import ArcoreError
from arcore.errors import NotFound
from arcore.store.unit import Actor

MOST_JOBS = 100
"""So many finished jobs are remembered in a process."""


@dataclass(frozen=True)
class Status:
    """How far a job is.

    Attributes:
        done: messages that were tried; `of` of so many.
        ended: it has ended, one way or the other.
        result: what it did; None while it runs and after an error.
        error: why it could not begin, or broke off.
    """

    done: int
    of: int
    ended: bool
    result: Run | None = None
    error: ArcoreError | None = None


@dataclass
class _Job:
    store_id: str
    of: int
    done: int = 0
    ended: bool = False
    result: Run | None = None
    error: ArcoreError | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None


_jobs: OrderedDict[str, _Job] = OrderedDict()
_lock = threading.Lock()


def start(
    engine: Engine,
    *,
    store_id: str,
    as_of: date,
    only: Collection[Place],
    actor: Actor,
    papers: Mapping[Place, Sequence[int]] | None = None,
    key: str | None = None,
) -> str:
    """Begin to send to some customers, with `papers` for some, and return the job's id.

    While a job sends from the same store that one is returned, and so is an ended one of the same key: nothing begins
    twice.
    """
    with _lock:
        running_one = _running(store_id)
        if running_one is not None:
            return running_one
        job_id = key or secrets.token_hex(8)
        if job_id in _jobs:
            return job_id
        job = _jobs[job_id] = _Job(store_id, len(only))
        _forget_old()

    def send(progress: Callable[[int, int], None]) -> Run:
        return send_due(
            engine, as_of=as_of, actor=actor, only=frozenset(only), progress=progress, cancelled=job.stop.is_set,
            papers=papers,
        )  # fmt: skip

    work = _work(send, job)
    job.thread = threading.Thread(target=work, name=f"send-{job_id}", daemon=True)
    job.thread.start()
    return job_id


def running(store_id: str) -> str | None:
    """Return the job that sends from a store at this moment, whoever began it; None when there is none."""
    with _lock:
        return _running(store_id)


def status(job_id: str) -> Status:
    """Return how far a job is. Raises NotFound for one that this process does not know."""
    job = _job(job_id)
    return Status(job.done, job.of, job.ended, job.result, job.error)


def stop(job_id: str) -> None:
    """Ask a job to end after the message it is at; what has left has left."""
    _job(job_id).stop.set()


def wait(job_id: str, seconds: float | None = None) -> Status:
    """Wait until a job has ended, at most so many seconds, and return how far it is."""
    thread = _job(job_id).thread
    if thread is not None:
        thread.join(seconds)
    return status(job_id)


def _work(send: Callable[[Callable[[int, int], None]], Run], job: _Job) -> Callable[[], None]:
    def tell(done: int, of: int) -> None:
        job.done, job.of = done, of

    def work() -> None:
        try:
            job.result = send(tell)
        except ArcoreError as error:
            job.error = error
        except Exception as error:  # noqa: BLE001  nobody else sees it: the log keeps it, people get a sentence
            reference = log_failure(error, where="reminders")
            job.error = ArcoreError(
                f"Sending broke off after {job.done} of {job.of}; the log tells why under {reference}. The Outbox "
                "shows what left",
                reference=reference,
            )
        finally:
            job.ended = True

    return work


def _running(store_id: str) -> str | None:
    return next((job_id for job_id, job in _jobs.items() if job.store_id == store_id and not job.ended), None)


def _job(job_id: str) -> _Job:
    with _lock:
        job = _jobs.get(job_id)
    if job is None:
        raise NotFound("This run is not known here any more; the Outbox shows what left", job=job_id)
    return job


def _forget_old() -> None:
    ended = [job_id for job_id, job in _jobs.items() if job.ended]
    for job_id in ended[: max(0, len(_jobs) - MOST_JOBS)]:
        del _jobs[job_id]
