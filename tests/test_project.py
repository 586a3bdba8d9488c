"""Rules of the repository that no linter knows."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from arcore.settings import ROOT

CAPABILITIES = (
    "reports",
    "intake",
    "customers",
    "company",
    "sample",
    "arrangements",
    "disputes",
    "worklist",
    "dunning",
    "delivery",
)
BIG = 450
"""Lines of a module. From 400 on it deserves a second look; longer ones than this are refused."""

THIS_MACHINE = re.compile(r"(?<![\w.])/(?:work|root|home|Users)/\w")
PACKAGE_HOSTS = re.compile(
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|--index-url|--trusted-host", re.IGNORECASE
)


def _files(*endings: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / name for name in listed.stdout.splitlines()]
    return [path for path in paths if path.is_file() and (not endings or path.suffix in endings)]


def _ours(path: Path) -> bool:
    return path.relative_to(ROOT).parts[0] in {"arcore", "pages", "app.py"}


PAGES = sorted((ROOT / "pages").glob("*.py"))
CODE = [path for path in _files(".py") if _ours(path)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_begins_with_the_guard(page: Path) -> None:
    """Nothing runs before `shell.require_shell()` but docstring, imports, definitions and plain constants."""
    tree = ast.parse(page.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree)
    first = next(node for node in tree.body if not _harmless(node))
    calls = [ast.unparse(node.func) for node in ast.walk(first) if isinstance(node, ast.Call)]
    assert "shell.require_shell" in calls, f"line {first.lineno} runs before the guard"


@pytest.mark.parametrize(
    ("source", "harmless"),
    [
        ("import streamlit as st", True),
        ("def page(): st.title('x')", True),
        ("COLUMNS = ('a', 'b')", True),
        ("CARDS: tuple = (Card('dso'),)", True),
        ("DAY = st.date_input('Day')", False),
        ("st.title('x')", False),
        ("rows = query()", False),
        ("if rows: pass", False),
        ("def page(rows=query()): pass", False),
    ],
)
def test_that_rule_knows_what_runs(source: str, harmless: bool) -> None:
    assert _harmless(ast.parse(source).body[0]) is harmless


def _harmless(node: ast.stmt) -> bool:
    """Tell whether a statement runs nothing of the page."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.FunctionDef):
        return not any(isinstance(part, ast.Call) for default in node.args.defaults for part in ast.walk(default))
    if isinstance(node, ast.ClassDef):
        return True
    if isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        constant = all(isinstance(target, ast.Name) and target.id.isupper() for target in targets)
        return constant and not any(ast.unparse(part).startswith("st.") for part in ast.walk(node))
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def test_pages_are_never_imported() -> None:
    """They are scripts; what two of them share lives in pages/ui."""
    for path in CODE:
        for name in _imports(path):
            assert not name.startswith("pages.") or name.startswith("pages.ui"), (
                f"{path.relative_to(ROOT)} imports {name}"
            )


def test_capabilities_reach_each_other_through_service_and_queries() -> None:
    wrong = []
    for path in CODE:
        parts = path.relative_to(ROOT).parts
        if parts[0] != "arcore" or parts[1] not in CAPABILITIES:
            continue
        for name in _imports(path):
            other = name.split(".")
            if other[:1] == ["arcore"] and other[1] in CAPABILITIES and other[1] != parts[1]:
                allowed = other[2:3] == ["service"] or other[2:3] == ["queries"]
                wrong += [] if allowed else [f"{'/'.join(parts)} imports {name}"]
    assert wrong == []


def test_no_file_names_this_machine_or_where_packages_come_from() -> None:
    wrong = []
    for path in _files():
        if path == Path(__file__):
            continue
        text = path.read_bytes().decode("utf-8", errors="ignore")
        for rule in (THIS_MACHINE, PACKAGE_HOSTS):
            wrong += [f"{path.relative_to(ROOT)}: {found.group()}" for found in rule.finditer(text)]
    assert wrong == []


@pytest.mark.parametrize(
    "text", ["cd /work/main", "HOME=/root/x", "/home/anna/books", 'open("/Users/anna")', "pip --index-url http://x"]
)
def test_that_rule_would_notice(text: str) -> None:
    assert THIS_MACHINE.search(text) or PACKAGE_HOSTS.search(text)


def test_no_module_is_too_long() -> None:
    lengths = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8").count("\n") for path in CODE}
    assert {name: lines for name, lines in lengths.items() if lines > BIG} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [path for path in _files(".py") if path.stem in {"utils", "helpers", "common", "misc"}] == []


def test_every_pinned_package_is_asked_for_with_a_reason() -> None:
    for name in ("requirements.in", "requirements-dev.in"):
        lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-"))]
        assert [line for line in lines if not re.match(r"\S+ +# \w", line)] == []


def test_the_core_asks_for_nothing_it_does_not_use() -> None:
    """Each package of requirements.in is imported somewhere, or named here with the reason why not."""
    never_imported = {
        "psycopg",  # SQLAlchemy loads it by the store's address
        "adbc_driver_manager",  # carries ADBC's driver
        "tzdata",  # zoneinfo reads it
        "pypdf",  # a process of its own reads papers with it, in arcore/intake/papers.py
    }
    lines = (ROOT / "requirements.in").read_text().splitlines()
    asked = {line.split()[0] for line in lines if line and not line.startswith("#")}
    used = {name.split(".")[0] for path in CODE for name in _imports(path)}
    names = {package.partition("[")[0].replace("-", "_") for package in asked}
    assert names - used - never_imported == set()


def test_what_the_core_uses_is_asked_for() -> None:
    """No import relies on what another package happens to bring, but for these."""
    brought = {
        "sqlalchemy",  # by sqlmodel, which is made of it
        "pydantic",  # the same
        "starlette",  # by streamlit, whose server it is
        "google",  # protobuf, by streamlit
        "arcore",
        "pages",
    }
    lines = (ROOT / "requirements.in").read_text().splitlines()
    asked = {re.split(r"[\[ ]", line)[0].replace("-", "_") for line in lines if line and not line.startswith("#")}
    used = {name.split(".")[0] for path in CODE for name in _imports(path)}
    assert used - asked - brought - sys.stdlib_module_names == set()


def test_settings_and_theme_of_the_app() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"
    assert config["server"]["fileWatcherType"] == "none"
    assert config["server"]["address"] == "127.0.0.1"
    assert config["theme"]["light"].keys() == config["theme"]["dark"].keys()


def _imports(path: Path) -> set[str]:
    """Return the modules that a file imports; `from a.b import c` counts as a.b.c."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found
