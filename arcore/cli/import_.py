"""Import exports of an accounting system: say what would change, then book it in one step."""

from __future__ import annotations

import signal
import sys
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from typing import Annotated
from typing import Any
from typing import NoReturn

import typer

from arcore.cli import frame

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from arcore.errors import NeedsAnswer
    from arcore.intake.changes import Plan

EXAMPLE = "python -m arcore --store sqlite:///data/sample.db import data/samples/invoices.csv --dry-run"
REFUSED = 2
"""The exit code when an answer is missing."""
FAILED = 1
"""The exit code when something could not be read or written."""

Files = Annotated[
    list[Path] | None,
    typer.Argument(metavar="FILE…", help="CSV, Excel, OpenDocument, JSON, or an archive of them; several at once."),
]
AsOf = Annotated[
    date | None, typer.Option(parser=frame.day, metavar="DATE", help="The day that a list of open items speaks of.")
]


WatchedFolder = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Book what is put into this folder, until stopped; see --once.")
]
Settle = Annotated[float, typer.Option(min=0, metavar="SECONDS", help="So long a file must not change; with --watch.")]


def run(
    files: Files = None,
    as_of: AsOf = None,
    profile: Annotated[
        str | None, typer.Option(help="The profile by which the files are read; else the one that fits.")
    ] = None,
    currency: Annotated[str | None, typer.Option(metavar="CODE", help="For amounts without a currency.")] = None,
    entity: Annotated[str, typer.Option(help="Our company that the files are about.")] = "main",
    scope: Annotated[str, typer.Option(help="What was filtered, such as region=west; empty for everything.")] = "",
    include_drafts: Annotated[bool, typer.Option("--include-drafts", help="Book drafts too.")] = False,
    accept: Annotated[list[str] | None, typer.Option(metavar="QUESTION", help="Answer a question with yes.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Book without asking.")] = False,
    watch: WatchedFolder = None,
    once: Annotated[bool, typer.Option("--once", help="With --watch: take what lies there, then end.")] = False,
    settle: Settle = 5.0,
) -> None:
    """Say what the files would change, and book it once that is confirmed.

    Without --yes it asks on a terminal and is a dry run elsewhere. A question that is not accepted stops it; the plan
    is shown all the same, with the questions and what accepts them.

    With --watch it books what is put into a folder and moves each file to done, refused or waiting in it (a text beside
    says why). With --once it ends with 0 when all was booked or nothing was there, 2 when a file was refused or has
    a question, 1 when the store or the folder can't be used.
    """
    from arcore.errors import BadInput

    if watch is not None:
        if files or dry_run:
            raise BadInput("--watch books what is put into a folder: it takes neither files nor --dry-run")
        _watch(
            watch, once=once, settle=settle, as_of=as_of, profile=profile, entity=entity, scope=scope,
            currency=currency.upper() if currency else None, include_drafts=include_drafts,
            answers=frozenset(accept or ()),
        )  # fmt: skip
        return
    if not files:
        raise BadInput("Name the files to import, or a folder with --watch")
    _import(
        files, profile, frozenset(accept or ()), dry_run=dry_run, yes=yes, as_of=as_of, include_drafts=include_drafts,
        currency=currency.upper() if currency else None, entity=entity, scope=scope,
    )  # fmt: skip


def _import(
    files: list[Path], profile: str | None, answers: frozenset[str], *, dry_run: bool, yes: bool, **options: Any
) -> None:
    """Understand and plan some files, and book the plan where that was asked or is confirmed."""
    from arcore.errors import NeedsAnswer
    from arcore.intake.archive import unpacked

    contents = dict(unpacked((str(path), _bytes(path)) for path in files))
    asking = not yes and not dry_run and frame.can_ask()
    options["contents"] = contents
    with frame.books(dry=not (yes or asking)) as engine:
        understood = _understand(engine, contents, options, profile)
        plan = _plan(engine, understood, options, answers)
        import_id = None
        if asking:
            _show_people(plan)
            plan = _ask(engine, understood, options, plan)
        if yes or (asking and not plan.is_empty and frame.confirm(f"Book {_changes(plan)} changes?")):
            try:
                plan, import_id = _commit(engine, understood, options, plan)
            except NeedsAnswer as error:
                _refuse(plan, error, shown=asking)
        document = _document(plan, import_id)
    if asking:
        frame.show(document, _ending(plan, import_id))
    else:
        frame.show(document, *_for_people(plan), _ending(plan, import_id))


def _bytes(path: Path) -> bytes:
    from arcore.errors import BadInput

    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} can't be read: {error.strerror}", file=str(path)) from error


def _understand(engine: Engine, contents: dict[str, bytes], options: dict[str, Any], profile: str | None) -> Any:
    """Read the files the way files with the same header were read before."""
    from arcore.intake.profiles import check_name
    from arcore.intake.profiles_own import own_profiles
    from arcore.intake.queries import remembered
    from arcore.intake.reading import understand

    known, own = remembered(engine), own_profiles(engine)
    if profile is not None:
        check_name(profile, own)
    return understand(
        list(contents.items()),
        as_of=options["as_of"],
        currency=options["currency"],
        profile=profile,
        mapping=known.columns,
        usual_day_first=known.day_first,
        usual_snapshots=known.snapshots,
        own_profiles=own,
    )


def _plan(engine: Engine, understood: Any, options: dict[str, Any], answers: frozenset[str]) -> Plan:
    from arcore.intake.plan import plan

    return plan(engine, understood, answers=answers, **options)


def _ask(engine: Engine, understood: Any, options: dict[str, Any], plan: Plan) -> Plan:
    """Ask each question that stands; the plan is made again with the answers."""
    said = {q.id for q in plan.unanswered if frame.confirm(q.text)}
    return _plan(engine, understood, options, plan.answers | said) if said else plan


def _commit(engine: Engine, understood: Any, options: dict[str, Any], plan: Plan) -> tuple[Plan, int | None]:
    """Book the plan; when the books moved meanwhile it is made again, and booked if it is still the same."""
    from arcore.intake.drops import book

    def again(answers: frozenset[str]) -> Plan:
        return _plan(engine, understood, options, answers)

    return book(engine, plan, again, actor=frame.actor(), progress=_progress())


def _refuse(plan: Plan, error: NeedsAnswer, *, shown: bool) -> NoReturn:
    """Say what the plan is and that questions stand in its way; ends with the exit code of a refusal."""
    parts = [] if shown else _for_people(plan)
    frame.show(_document(plan, None) | {"error": error.as_dict()}, *parts)
    frame.say(error.message)
    raise typer.Exit(REFUSED)


def _progress() -> Any:
    """Say each phase once, on a terminal."""
    seen: set[str] = set()

    def tell(done: float, phase: str) -> None:
        if phase not in seen and sys.stderr.isatty():
            seen.add(phase)
            frame.say(f"{done:4.0%} {phase}")

    return tell


def _document(plan: Plan, import_id: int | None) -> dict[str, Any]:
    from arcore.intake.telling import plan_facts

    return plan_facts(plan) | {"import_id": import_id}


def _watch(path: Path, *, once: bool, settle: float, **choices: Any) -> None:
    """Watch a folder until a signal comes, or take what lies there; ends with an exit code that a scheduler can use."""
    from arcore.intake.drops import Choices
    from arcore.intake.drops import take
    from arcore.intake.folder import Folder
    from arcore.intake.watch import Watch

    folder = Folder(path, settle, time.monotonic)
    with frame.books() as engine:
        folder.prepare()
        made = Choices(**choices)
        work = Watch(
            folder, lambda drops: take(engine, drops, made, actor=frame.actor(), stopped=work.stop.is_set), frame.say
        )
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: work.stop.set())
        if once:
            work.until_empty()
        else:
            frame.say(f"Watching {path}; stop with Ctrl+C")
            work.until_stopped()
    frame.show(work.as_facts(), f"{sum(work.counts.values())} files taken")
    if once and work.failures:
        raise typer.Exit(FAILED)
    if once and {"refused", "question"} & work.counts.keys():
        raise typer.Exit(REFUSED)


# --- for people -------------------------------------------------------------------------------------------------------


def _show_people(plan: Plan) -> None:
    frame.show({}, *_for_people(plan))


def _changes(plan: Plan) -> int:
    counts = plan.counts()
    return sum(counts[kind] for kind in ("new", "changed", "settled", "part_paid", "reopened"))


def _for_people(plan: Plan) -> list[Any]:
    from arcore.intake.telling import plan_facts

    facts = plan_facts(plan)
    parts: list[Any] = [
        frame.table(
            "Files",
            {"File": "left", "Is": "left", "As of": "left", "Rows": "right", "Used": "right", "Refused": "right"},
            (
                (f["path"], f["kind"], f["as_of"], f["rows"]["read"], f["rows"]["used"], f["rows"]["refused"])
                for f in facts["files"]
            ),
        ),
        frame.table(
            "Plan",
            {"What": "left", "Documents": "right"},
            ((kind.replace("_", " "), count) for kind, count in plan.counts().items()),
        ),
    ]
    if facts["refused"]:
        parts.append(
            frame.table(
                "Refused",
                {"File": "left", "Line": "right", "Column": "left", "Value": "left", "Reason": "left"},
                ((r["file"], r["line"], r["column"], r["value"], r["reason"]) for r in facts["refused"]),
            )
        )
    if facts["balances"]:
        parts.append(
            frame.table(
                "Balances",
                {"Customer": "left", "Currency": "left", "File": "right", "Books": "right", "Difference": "right"},
                ((b["name"], b["currency"], b["stated"], b["ours"], b["difference"]) for b in facts["balances"]),
            )
        )
    warnings = [*facts["warnings"], *(w for f in facts["files"] for w in f["warnings"])]
    questions = [f"{q['text']} (--accept {q['id']})" for q in facts["questions"]]
    alike = [
        f"{a['name']} ({a['code']}) looks like {a['like_name']} ({a['like']}): {a['why']}. Kept apart unless you say "
        f"--accept '{a['same']}'; --accept '{a['other']}' if it is another"
        for a in facts["alike"]
        if not a["answer"]
    ]
    return parts + warnings + questions + alike


def _ending(plan: Plan, import_id: int | None) -> str:
    if import_id is not None:
        return f"Booked {_changes(plan)} changes as import {import_id}. Undo: python -m arcore undo {import_id}"
    return "Nothing changes." if plan.is_empty else "Nothing was booked."
