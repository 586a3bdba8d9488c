"""How the company wants its measures counted, and what only it can tell: stored and read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlmodel import Session

from arcore.analytics.variants import NAMES
from arcore.analytics.variants import Variants
from arcore.analytics.variants import as_settings
from arcore.analytics.variants import check
from arcore.analytics.variants import from_settings
from arcore.errors import BadInput
from arcore.store.company import CompanySetting
from arcore.store.unit import Facts
from arcore.store.unit import Unit

SETTING = "measures"


def variants_in(session: Session) -> Variants:
    """Return the choices, each by default where nothing was saved."""
    row = session.get(CompanySetting, SETTING)
    return from_settings({} if row is None else json.loads(row.value) or {})


def save_in(unit: Unit, values: Mapping[str, Any]) -> Facts:
    """Save what is given of the choices and leave the rest. Raises BadInput for what can't be meant."""
    unknown = sorted(set(values) - set(NAMES))
    if unknown:
        raise BadInput(f"{unknown[0]} is no choice of measures; one of {', '.join(NAMES)}", field=unknown[0])
    before = variants_in(unit.session)
    after = from_settings(as_settings(replace(before, **values)))
    check(after)
    old, new = as_settings(before), as_settings(after)
    changed = {name: value for name, value in new.items() if value != old[name]}
    unit.session.merge(CompanySetting(name=SETTING, value=json.dumps(new)))
    unit.session.flush()
    unit.changed.update(changed)
    unit.subject = "company"
    return {"changed": sorted(changed)}
