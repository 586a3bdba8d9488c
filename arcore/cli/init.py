"""Create the store and bring it to the tables of this program; harmless when it is there."""

from __future__ import annotations

from arcore.cli import frame

EXAMPLE = "python -m arcore init"


def run() -> None:
    """Create the store, or bring an older one to the tables of this program."""
    from arcore.store.migrate import head_of

    created = frame.is_missing(frame.store_url())
    with frame.books() as engine:
        head = head_of(engine)
        document = {
            "store": engine.url.render_as_string(hide_password=True),
            "created": created,
            "store_id": head.store_id,
            "writes": head.audit_seq,
        }
    frame.show(document, f"{'Created' if created else 'Ready'}: {document['store']}")
