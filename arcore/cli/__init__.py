"""`python -m arcore`: the same verbs as the pages, for people and for scripts.

To add a command, add a module `arcore/cli/<verb>.py`; nothing has to be registered:

- its docstring's first line is what `--help` lists;
- `EXAMPLE` is a line that works on the sample company;
- `run(…)` is the command: typer reads its parameters (`Annotated[date, typer.Option(parser=frame.day)]`), its
  docstring is the help text. It asks `frame.books()` for the store and hands its facts to `frame.show()`.
- A group such as `audit verify` has `COMMANDS = {"verify": verify}` instead of `run`.

The command's name is the module's: `import_.py` is `import`, `a_b.py` is `a-b`. Only the module of the command
that was asked for is imported, so the others cost it nothing.

`--store URL` and `--json` may stand anywhere and are taken out before typer looks. Exit codes: 0 done, 2 refused
(bad input, a rule broken), 1 failed. With `--json` standard output carries one JSON document and nothing else.
"""

from __future__ import annotations

import ast
import os
import sys
from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Sequence
from contextlib import contextmanager
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path
from types import ModuleType

import typer

from arcore.cli import frame
from arcore.errors import ArcoreError
from arcore.errors import BadInput
from arcore.errors import Refused

DONE, FAILED, REFUSED = 0, 1, 2
PROGRAM = "python -m arcore"
EVERYWHERE = "Every command takes --store URL (the books to work on) and --json (one JSON document for scripts)."
ORDER = (
    "init demo serve import undo aging items kpi bridge state freeze process remind daily report "
    "export verify audit backup restore"
).split()
"""How `--help` lists the commands; others follow by name."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 done, 2 refused, 1 failed."""
    try:
        call, rest = _take_options(list(sys.argv[1:] if arguments is None else arguments))
    except Refused as error:
        call = frame.Call(json="--json" in (arguments or sys.argv))
        frame.show_error(call, error)
        return REFUSED
    _place_compiled_code()
    with frame.called(call), _spare_stdout(call):
        code = _answer(call, rest)
    if call.document is not None:
        frame.write_json(call, call.document)
    return code


def commands() -> dict[str, Path]:
    """Return each command's name with its module, in the order of `--help`."""
    found = {
        path.stem.rstrip("_").replace("_", "-"): path
        for path in Path(__file__).parent.glob("*.py")
        if path.stem not in {"__init__", "frame"}
    }
    return dict(sorted(found.items(), key=lambda item: (ORDER.index(item[0]) if item[0] in ORDER else 99, item[0])))


def _answer(call: frame.Call, rest: list[str]) -> int:
    """Run the command; turn whatever goes wrong into a sentence and an exit code."""
    try:
        return int(_app(rest)(args=rest, prog_name=PROGRAM, standalone_mode=False) or DONE)
    except Refused as error:
        frame.show_error(call, error)
        return REFUSED
    except ArcoreError as error:
        frame.show_error(call, error)
    except typer.TyperException as error:
        usage = " ".join([PROGRAM, *rest[:1], "--help"])
        frame.show_error(call, BadInput(error.format_message() or f"Say what to do; {usage} lists it", usage=usage))
        return REFUSED
    except (typer.Abort, KeyboardInterrupt):
        frame.show_error(call, ArcoreError("Stopped; nothing more was done"))
    except BrokenPipeError:
        # Who reads us has gone (`… | head`): nobody is left to tell.
        sys.stderr.close()
    except Exception as error:  # noqa: BLE001  the last line of defence: people get a sentence, the log the rest
        frame.show_error(call, _unexpected(error, rest))
    return FAILED


def _place_compiled_code() -> None:
    """Let numba keep compiled code in the data folder where the program's own folder is read-only."""
    if "NUMBA_CACHE_DIR" in os.environ or os.access(Path(__file__).parents[1], os.W_OK):
        return
    from arcore.settings import settings

    os.environ["NUMBA_CACHE_DIR"] = str(settings().data_dir / "numba")


def _unexpected(error: Exception, rest: list[str]) -> ArcoreError:
    from arcore.errlog import log_failure

    reference = log_failure(error, where=" ".join(rest[:1]))
    return ArcoreError(f"Something failed that should not; the log tells more under {reference}", reference=reference)


def _take_options(arguments: list[str]) -> tuple[frame.Call, list[str]]:
    """Take `--json` and `--store URL` out, wherever they stand. Raises BadInput for a `--store` without address."""
    call, rest = frame.Call(), []
    pending = iter(arguments)
    for word in pending:
        if word == "--":
            rest += [word, *pending]
        elif word == "--json":
            call.json = True
        elif word == "--store":
            call.store = next(pending, "")
            if not call.store:
                raise BadInput("--store needs an address, such as sqlite:///data/arcore.db")
        elif word.startswith("--store="):
            call.store = word.removeprefix("--store=")
        else:
            rest.append(word)
    return call, rest


@contextmanager
def _spare_stdout(call: frame.Call) -> Iterator[None]:
    """Under --json, send whatever else is printed to standard error."""
    if not call.json:
        yield
        return
    with redirect_stdout(sys.stderr):
        yield


def _app(rest: list[str]) -> typer.Typer:
    """Build the command line: the command asked for in full, the others by their first line."""
    app = typer.Typer(
        help=f"Accounts receivable: import, age, measure, explain.\n\n{EVERYWHERE}",
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich",
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_nothing)
    for name, path in commands().items():
        if rest and rest[0] == name:
            _add(app, name, import_module(f"arcore.cli.{path.stem}"))
        else:
            app.command(name, help=_first_line(path))(_nothing)
    return app


def _add(app: typer.Typer, name: str, module: ModuleType) -> None:
    epilog = f"Example: {module.EXAMPLE}\n\n{EVERYWHERE}"
    if hasattr(module, "run"):
        app.command(name, epilog=epilog)(module.run)
        return
    group = typer.Typer(help=module.__doc__, epilog=epilog, no_args_is_help=True)
    group.callback()(_nothing)
    parts: dict[str, Callable[..., None]] = module.COMMANDS
    for part, function in parts.items():
        group.command(part, epilog=epilog)(function)
    app.add_typer(group, name=name)


def _nothing() -> None:
    """Stand for a command that was not asked for."""


def _first_line(path: Path) -> str:
    """Return the first line of a module's docstring without importing it."""
    return (ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "").partition("\n")[0]
