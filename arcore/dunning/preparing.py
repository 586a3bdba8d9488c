"""Preparing a message: decide from the tables as they are, write the letter, store its bytes with the proof."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from collections.abc import Sequence
from dataclasses import dataclass
from dataclasses import field
from datetime import date

from sqlalchemy import select
from sqlmodel import Session
from sqlmodel import col

from arcore.company.queries import Profile
from arcore.company.queries import profile_in
from arcore.company.queries import today
from arcore.customers.queries import survivor_of
from arcore.delivery import service as delivery
from arcore.delivery.service import Party
from arcore.delivery.service import Way
from arcore.dunning.broken import broken_in
from arcore.dunning.circumstances import circumstances
from arcore.dunning.debts import Place
from arcore.dunning.debts import debts_in
from arcore.dunning.due import CHANNEL
from arcore.dunning.enclosed import Enclosed
from arcore.dunning.enclosed import enclosed_in
from arcore.dunning.ladder import Last
from arcore.dunning.letters import Addressee
from arcore.dunning.letters import Letter
from arcore.dunning.letters import compose
from arcore.dunning.live import policy_in
from arcore.dunning.live import refuse_unless_live
from arcore.dunning.policy import Policy
from arcore.dunning.proof import Proof
from arcore.dunning.record import as_facts
from arcore.dunning.rules import Held
from arcore.dunning.rules import Send
from arcore.dunning.rules import decide
from arcore.dunning.standing import Reach
from arcore.dunning.standing import Standing
from arcore.dunning.texts import texts_in
from arcore.dunning.worth import in_reporting
from arcore.errors import BadInput
from arcore.money import to_minor
from arcore.reports.queries import Rates
from arcore.reports.queries import read_rates
from arcore.store.cases import add_event
from arcore.store.customers import Customer
from arcore.store.messages import Message
from arcore.store.messages import MessageItem
from arcore.store.unit import Actor
from arcore.store.unit import Facts
from arcore.store.unit import Unit
from arcore.store.unit import canonical
from arcore.store.unit import check_seen

NOBODY = "local"
"""The user's name where nobody gave one: letters are signed by the company then."""


@dataclass(frozen=True)
class Ask:
    """What is asked for: one customer's reminder, by whom, and the papers that go with it."""

    customer_id: int
    entity: str
    as_of: date
    actor: Actor
    approved: bool = False
    key: str | None = None
    seen: int | None = None
    papers: tuple[int, ...] = ()

    def content(self) -> Facts:
        """Return what an idempotency key stands for."""
        facts = {"customer": self.customer_id, "entity": self.entity, "day": self.as_of, "approved": self.approved}
        return facts | ({"papers": list(self.papers)} if self.papers else {})


@dataclass
class Prepared:
    """A message that is stored and not yet handed over."""

    message_id: int = 0
    raw: bytes = b""
    sender: str = ""
    recipients: list[str] = field(default_factory=list)
    header_id: str = ""
    step: int = 0


class HeldBack(Exception):
    """Ends the transaction: nothing is written about a message that is held back."""

    def __init__(self, held: Held) -> None:
        super().__init__(held.code)
        self.held = held


def write_letter(
    session: Session,
    *,
    proof: Proof,
    step: int,
    policy: Policy,
    profile: Profile,
    reach: Reach | None,
    actor_name: str,
    with_statement: bool = True,
) -> Letter:
    """Write the letter of a step to a customer with the texts of the company, as they are in the session."""
    customer = session.get_one(Customer, proof.customer_id)
    return compose(
        proof=proof,
        step=step,
        policy=policy,
        profile=profile,
        customer=Addressee(proof.customer_id, customer.code, customer.name, customer.language),
        contact=reach,
        texts=texts_in(session),
        as_of=proof.as_of,
        actor_name="" if actor_name == NOBODY else actor_name,
        broken=broken_in(session, proof),
        with_statement=with_statement,
    )


def prepare(unit: Unit, ask: Ask, way: Way, sender: Party, prepared: Prepared) -> Facts:
    """Read everything again, decide, and store the message with its bytes and its proof."""
    session = unit.session
    profile = refuse_other_day(session, ask.as_of)
    customer_id = survivor_of(session, ask.customer_id)
    check_seen(unit, f"customer:{customer_id}", ask.seen)
    policy = policy_in(session)
    decision, standing = decide_now(session, (customer_id, ask.entity), ask.as_of, policy, approved=ask.approved)
    if isinstance(decision, Held):
        raise HeldBack(decision)
    reach = standing.reach or Reach(0, "", "", "")  # without one it would have been held back
    if session.execute(select(col(Message.id)).where(col(Message.key) == decision.key)).first():
        raise HeldBack(Held("already_sent", "This message has left already", decision.step))
    letter = write_letter(
        session,
        proof=decision.proof,
        step=decision.step,
        policy=policy,
        profile=profile,
        reach=reach,
        actor_name=ask.actor.name,
    )
    papers = enclosed_in(session, ask.papers, {asked.claim.debt.document_id for asked in decision.asked})
    message = _message(unit, ask, decision, reach, standing.last, letter, way, sender, policy, papers)
    session.add(message)
    session.flush()
    prepared.message_id, prepared.raw, prepared.step = int(message.id or 0), message.raw, message.step
    prepared.sender, prepared.recipients = sender.address, json.loads(message.recipients)
    prepared.header_id = message.header_id
    _add_items(session, prepared.message_id, decision)
    what = {
        "step": message.step,
        "entity": ask.entity,
        "due_on": message.due_on,
        "claimed": decision.proof.claimed(),
        "host": socket.gethostname(),
        "approved": ask.approved,
        "papers": [one.id for one, _ in papers],
    }
    add_event(unit, "message", prepared.message_id, customer_id=customer_id, verb="prepared", what=what)
    unit.changed.update(message=prepared.message_id, step=message.step, entity=ask.entity, due_on=message.due_on)
    return {"message": prepared.message_id, "step": message.step}


def decide_now(
    session: Session, place: Place, as_of: date, policy: Policy, *, approved: bool = False
) -> tuple[Send | Held, Standing]:
    """Decide on one customer and entity from the tables as they are at this moment."""
    customer_id, entity = place
    debts = debts_in(session, customer_id, as_of).get(entity, [])
    places = sorted({(entity, debt.currency) for debt in debts})
    around = circumstances(session, as_of, policy, places, customer_id)
    standing = around.standing(place)
    profile = profile_in(session)
    foreign = any(currency != profile.currency for _, currency in places)
    decision = decide(
        around.prove(place, debts),
        standing,
        policy,
        worth=in_reporting(read_rates(session) if foreign else Rates(), profile.currency, as_of),
        minimum=to_minor(policy.minimum, profile.currency),
        approved=approved,
    )
    return decision, standing


def refuse_other_day(session: Session, as_of: date) -> Profile:
    """Return the profile; raise NotLive before reminders are live, BadInput for a day that is not today there."""
    refuse_unless_live(session)
    profile = profile_in(session)
    now = today(profile.time_zone)
    if as_of != now:
        raise BadInput(f"Reminders leave on the day itself: today is {now.isoformat()}", as_of=as_of.isoformat())
    return profile


def _message(
    unit: Unit,
    ask: Ask,
    decision: Send,
    reach: Reach,
    last: Last | None,
    letter: Letter,
    way: Way,
    sender: Party,
    policy: Policy,
    papers: Sequence[tuple[Enclosed, bytes]],
) -> Message:
    before = None if last is None else unit.session.get(Message, last.message_id)
    header_id = delivery.new_header_id(decision.key, unit.store_id, sender)
    raw = delivery.build(
        sender=sender,
        recipients=[Party(reach.name, reach.email)],
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        header_id=header_id,
        at=unit.recorded_at,
        attachments=[delivery.Attachment(name, content) for name, content in _files(letter, papers)],
        language=letter.language,
        in_reply_to="" if before is None else before.header_id,
        draft=way.name == "file",
    )
    return Message(
        customer_id=decision.proof.customer_id,
        entity=ask.entity,
        policy=policy.name,
        step=decision.step,
        due_on=decision.due_on,
        day=ask.as_of,
        key=decision.key,
        header_id=header_id,
        channel=CHANNEL,
        language=letter.language,
        sender=sender.address,
        recipients=json.dumps([delivery.usable_address(reach.email)]),
        subject=letter.subject,
        text=letter.text,
        proof=canonical(as_facts(decision.proof) | {"papers": [one.as_facts() for one, _ in papers]}),
        raw=raw,
        way=way.name,
        file=str(way.folder) if way.name == "file" else "",
        state="prepared",
        state_at=unit.recorded_at,
        prepared_at=unit.recorded_at,
        prepared_by=ask.actor.name,
        approved_by=ask.actor.name if ask.approved and decision.needs_approval else "",
    )


def _files(letter: Letter, papers: Sequence[tuple[Enclosed, bytes]]) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a message by name: the statement, then the papers."""
    if letter.statement:
        yield letter.statement_name, letter.statement
    for one, content in papers:
        yield one.name, content


def _add_items(session: Session, message_id: int, decision: Send) -> None:
    session.add_all(
        MessageItem(
            message_id=message_id,
            document_id=asked.claim.debt.document_id,
            due_date=asked.claim.debt.due_date,
            currency=asked.claim.debt.currency,
            open=asked.claim.debt.open,
            claimed=asked.claim.claimed,
            level=asked.level,
        )
        for asked in decision.asked
    )
