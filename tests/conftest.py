"""Fixtures for all tests: stores on both engines, a private PostgreSQL server, an actor.

Nothing here touches the books of whoever runs the tests: every store and every file lives in a temporary folder.
"""

from __future__ import annotations

import itertools
import logging
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from collections.abc import Iterator
from contextlib import closing
from contextlib import contextmanager
from dataclasses import dataclass
from dataclasses import field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from sqlalchemy import Engine
from sqlalchemy import select

from arcore import errlog
from arcore.settings import Settings
from arcore.settings import settings
from arcore.store.customers import Customer
from arcore.store.engine import open_engine
from arcore.store.engine import reading
from arcore.store.migrate import add_head
from arcore.store.migrate import migrate
from arcore.store.tables import metadata
from arcore.store.unit import Actor

# A change is judged by the same examples each time; `make hunt` looks for new ones. Each found becomes an `@example`.
# How long an example takes to make says more of the machine than of the test.
SLOW = (hypothesis.HealthCheck.too_slow,)
hypothesis.settings.register_profile("steady", derandomize=True, suppress_health_check=SLOW)
hypothesis.settings.register_profile("hunt", print_blob=True)
hypothesis.settings.load_profile("hunt" if "ARCORE_FUZZ_EXAMPLES" in os.environ else "steady")

SERVER_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
SUPERUSER = "arcore"


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Keep the settings and the data of the person who runs the tests out of them; gives the data folder."""
    folder = tmp_path_factory.mktemp("data")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("ARCORE_")]:
            patch.delenv(name)
        patch.setitem(Settings.model_config, "env_file", None)
        patch.setenv("ARCORE_DATA_DIR", str(folder))
        settings.cache_clear()
        yield folder
    settings.cache_clear()


@pytest.fixture
def own_log(own_settings: Path) -> Path:
    """Let the log begin in the data folder of the tests, whatever a test before this one let it point to."""
    log = logging.getLogger("arcore")
    for handler in list(log.handlers):
        log.removeHandler(handler)
        handler.close()
    errlog.logger.cache_clear()
    return own_settings / "log" / errlog.LOG_FILE


@pytest.fixture
def actor() -> Actor:
    """Return who writes in tests."""
    return Actor("anna")


@pytest.fixture(scope="session")
def free_port() -> Callable[[], int]:
    """Return a function that finds a free port on loopback."""

    def find() -> int:
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
            return port

    return find


# --- SQLite -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty SQLite file to copy from."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return the address of a fresh, migrated, empty SQLite store."""
    path = tmp_path / "books.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    """Give a fresh, migrated, empty store on SQLite."""
    with _opened(sqlite_url) as engine:
        yield engine


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


@dataclass
class Server:
    """A PostgreSQL server of our own on loopback, gone after the tests."""

    port: int
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str) -> str:
        """Return the address of one of its databases."""
        return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def create(self, template: str = "template0", space: str = "pg_default") -> str:
        """Make a database in a tablespace and return its name."""
        name = f"t{next(self.numbers)}"
        self._run(f'CREATE DATABASE {name} TEMPLATE "{template}" TABLESPACE {space}')
        return name

    @contextmanager
    def space(self, folder: Path) -> Iterator[str]:
        """Give the name of a tablespace in a folder of the server's; drop first what was made in it."""
        name = f"s{next(self.numbers)}"
        self._run(f"CREATE TABLESPACE {name} LOCATION '{folder}'")
        yield name
        self._run(f"DROP TABLESPACE {name}")

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still in it."""
        self._run(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        address = f"host=127.0.0.1 port={self.port} user={SUPERUSER} dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(statement.encode())


@pytest.fixture(scope="session")
def postgres_programs() -> Path:
    """Return the folder of the newest PostgreSQL server programs; fails when there are none."""
    found = [
        folder for pattern in SERVER_FOLDERS for folder in Path("/").glob(pattern[1:]) if (folder / "initdb").exists()
    ]
    if (on_path := shutil.which("initdb")) is not None:
        found.append(Path(on_path).resolve().parent)
    if not found:
        pytest.fail(
            "These tests need the PostgreSQL server programs (initdb, postgres). "
            "On Debian: apt-get install postgresql, or run `make setup-dev` as root",
            pytrace=False,
        )
    return max(found, key=lambda folder: [int(digits) for digits in re.findall(r"\d+", str(folder))])


@pytest.fixture(scope="session")
def postgres_server(postgres_programs: Path, free_port: Callable[[], int]) -> Iterator[Server]:
    """Give a private PostgreSQL server; it refuses to run as root, so root hands it to the user `postgres`."""
    # Not pytest's folder: its parents are closed to other users.
    base = Path(tempfile.mkdtemp(prefix="arcore-pg-"))
    user: dict[str, Any] = {"cwd": "/"}
    if os.getuid() == 0:
        postgres = pwd.getpwnam("postgres")
        os.chown(base, postgres.pw_uid, postgres.pw_gid)
        user |= {"user": postgres.pw_uid, "group": postgres.pw_gid, "extra_groups": []}
    server = Server(free_port())
    try:
        _init_cluster(postgres_programs, base, user)
        with _running(postgres_programs, base, user, server.port):
            yield server
    finally:
        shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Server) -> str:
    """Return the name of a migrated, empty database to copy from."""
    name = postgres_server.create()
    with _opened(postgres_server.url(name)) as engine:
        migrate(engine)
    return name


@pytest.fixture
def postgres_url(postgres_server: Server, postgres_template: str) -> Iterator[str]:
    """Give the address of a fresh, migrated, empty PostgreSQL store."""
    name = postgres_server.create(postgres_template)
    yield postgres_server.url(name)
    postgres_server.drop(name)


@pytest.fixture(scope="session")
def kept_postgres(postgres_server: Server, postgres_template: str) -> Iterator[Engine]:
    """Give the one PostgreSQL store that tests share, each after it was emptied."""
    with _opened(postgres_server.url(postgres_server.create(postgres_template))) as engine:
        yield engine


@pytest.fixture
def postgres_engine(kept_postgres: Engine) -> Engine:
    """Give an empty store on PostgreSQL; emptying one is ten times quicker than making one."""
    with kept_postgres.begin() as connection:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '10s'")
        # Only so can rows of append-only tables be removed: without triggers, as superuser.
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        for table in metadata.sorted_tables:
            connection.exec_driver_sql(f'DELETE FROM "{table.name}"')
        connection.exec_driver_sql("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")
        add_head(connection)
    return kept_postgres


# --- both -------------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Give an empty store, once on each engine."""
    opened: Engine = request.getfixturevalue(
        {"sqlite": "sqlite_engine", "postgresql": "postgres_engine"}[request.param]
    )
    return opened


@pytest.fixture
def store_url(engine: Engine) -> str:
    """Return the address of `engine`."""
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def own_store_url(request: pytest.FixtureRequest) -> str:
    """Return the address of a fresh, migrated, empty store that the test may damage, once on each engine."""
    url: str = request.getfixturevalue({"sqlite": "sqlite_url", "postgresql": "postgres_url"}[request.param])
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the address of a store without any table, once on each engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
        return
    server: Server = request.getfixturevalue("postgres_server")
    name = server.create()
    yield server.url(name)
    server.drop(name)


@contextmanager
def _opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


def _init_cluster(programs: Path, base: Path, user: dict[str, Any]) -> None:
    subprocess.run(
        [
            programs / "initdb",
            "-D",
            base / "data",
            "-U",
            SUPERUSER,
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
        **user,
    )


@contextmanager
def _running(programs: Path, base: Path, user: dict[str, Any], port: int) -> Iterator[None]:
    # Nothing has to survive a power cut here, so nothing waits for the disk.
    fast = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "timezone=UTC", "max_connections=200"]
    options = [part for setting in fast for part in ("-c", setting)]
    where = ["-D", str(base / "data"), "-p", str(port), "-h", "127.0.0.1", "-k", str(base)]
    with (base / "log").open("w") as log:
        process = subprocess.Popen([str(programs / "postgres"), *where, *options], stdout=log, stderr=log, **user)
        try:
            _wait_until_ready(port, process, base / "log")
            yield
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def _wait_until_ready(port: int, process: subprocess.Popen[Any], log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(host="127.0.0.1", port=port, user=SUPERUSER, dbname="postgres", connect_timeout=2).close()
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"The private PostgreSQL server did not start:\n{log.read_text()}", pytrace=False)
            time.sleep(0.02)
        else:
            return


@pytest.fixture(scope="session")
def untidy() -> Callable[[Engine], None]:
    """Return what fills empty books with something to clean up in every section, best looked at in autumn 2026, EUR.

    Alder owes INV-001 100.00 and "inv 1" 100.00 of the same week, has 80.00 unapplied since 5 May. Of Birch INV-002
    200.00 and INV-003 50.00 left the open items of June unexplained. Cedar has 40.00 to its credit since 20 May.
    INV-007 and INV-008 are missing; INV-009 has terms of 425 days, INV-010 is due before it was issued.
    """
    return _untidy


def _untidy(engine: Engine) -> None:
    from arcore.company import service as company
    from arcore.customers import service as customers
    from arcore.intake.plan import plan
    from arcore.intake.reading import understand
    from arcore.intake.service import commit as book_files
    from arcore.ledger import service as ledger

    anna = Actor("anna")
    company.save_profile(engine, actor=anna, name="Harbour Supplies", currency="EUR")
    head = "Customer code,Customer name,Invoice number,Invoice date,Due date,Currency,Amount,Open amount"
    alder = [f"C1,Alder Ltd,{n},2026-03-0{d},2026-04-0{d},EUR,100.00,100.00" for n, d in (("INV-001", 2), ("inv 1", 4))]
    birch = [f"C2,Birch GmbH,{n},2026-04-10,2026-05-10,EUR,{a},{a}" for n, a in (("INV-002", 200), ("INV-003", 50))]
    rest = [f"C2,Birch GmbH,INV-00{n},2026-05-0{n},2026-06-0{n},EUR,{n}0.00,{n}0.00" for n in (4, 5, 6)]
    for day, lines in (("2026-05-31", [*alder, *birch, *rest]), ("2026-06-30", [*alder, *rest])):
        told = understand([(f"open items {day}.csv", "\n".join([head, *lines, ""]).encode())])
        today = date(2026, 7, 1)
        made = plan(engine, told, today=today, as_of=date.fromisoformat(day))
        answers = frozenset(question.id for question in made.questions)
        made = plan(engine, told, today=today, as_of=date.fromisoformat(day), answers=answers)
        book_files(engine, made, actor=anna)
    with reading(engine) as session:
        codes = {row.code: row.id for row in session.execute(select(Customer.code, Customer.id))}
    cedar = customers.create_customer(engine, code="C3", name="Cedar SA", currency="EUR", actor=anna)["customer"]
    for number, dated, due in (
        ("INV-009", date(2026, 7, 1), date(2027, 8, 30)),
        ("INV-010", date(2026, 7, 10), date(2025, 7, 10)),
    ):
        ledger.post_invoice(
            engine, customer_id=codes["C2"], document_date=dated, currency="EUR", actor=anna,
            instalments=[(Decimal(70), due)], details={"number": number},
        )  # fmt: skip
    ledger.record_payment(
        engine, customer_id=codes["C1"], received_on=date(2026, 5, 5), currency="EUR", amount=Decimal(80), actor=anna
    )
    ledger.post_credit_note(
        engine, customer_id=cedar, document_date=date(2026, 5, 20), currency="EUR", amount=Decimal(40), actor=anna,
        details={"number": "CN-1"},
    )  # fmt: skip
