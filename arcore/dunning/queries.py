"""What pages and the command line read of reminders."""

from __future__ import annotations

from arcore.dunning.coming import Coming
from arcore.dunning.coming import coming
from arcore.dunning.due import CHANNEL
from arcore.dunning.due import Reason
from arcore.dunning.due import Reminders
from arcore.dunning.due import Row
from arcore.dunning.due import Who
from arcore.dunning.due import reminders
from arcore.dunning.due import survivor_code
from arcore.dunning.enclosed import Enclosed
from arcore.dunning.enclosed import ForAll
from arcore.dunning.enclosed import for_all
from arcore.dunning.enclosed import offered
from arcore.dunning.golive import GoLive
from arcore.dunning.golive import OpeningRow
from arcore.dunning.golive import Point
from arcore.dunning.golive import golive
from arcore.dunning.live import Live
from arcore.dunning.live import NotLive
from arcore.dunning.live import live_in
from arcore.dunning.live import policy_in
from arcore.dunning.outbox import STATE_WORDS
from arcore.dunning.outbox import Happening
from arcore.dunning.outbox import Kept
from arcore.dunning.outbox import Sent
from arcore.dunning.outbox import counts
from arcore.dunning.outbox import message
from arcore.dunning.outbox import outbox
from arcore.dunning.policy import Policy
from arcore.dunning.policy import Step
from arcore.dunning.proof import WORDS as LADDER_WORDS
from arcore.dunning.proof import Claim
from arcore.dunning.proof import Debt
from arcore.dunning.proof import Proof
from arcore.dunning.rules import CODES
from arcore.dunning.rules import WORDS as CODE_WORDS
from arcore.dunning.rules import Held
from arcore.dunning.rules import Send
from arcore.dunning.shown import Shown
from arcore.dunning.shown import shown

__all__ = [
    "CHANNEL",
    "CODES",
    "CODE_WORDS",
    "LADDER_WORDS",
    "STATE_WORDS",
    "Claim",
    "Coming",
    "Debt",
    "Enclosed",
    "ForAll",
    "GoLive",
    "Happening",
    "Held",
    "Kept",
    "Live",
    "NotLive",
    "OpeningRow",
    "Point",
    "Policy",
    "Proof",
    "Reason",
    "Reminders",
    "Row",
    "Send",
    "Sent",
    "Shown",
    "Step",
    "Who",
    "coming",
    "counts",
    "for_all",
    "golive",
    "live_in",
    "message",
    "offered",
    "outbox",
    "policy_in",
    "reminders",
    "shown",
    "survivor_code",
]
