"""Which event of a case carries which paper; the flow booking has no case, and so no papers."""

from collections.abc import Mapping

from backend.cases.record.snapshot import Event, Snapshot
from backend.cases.rules.lifecycle import Action
from backend.papers.refusals import PaperNotDue
from models import Flow, PaperKind

K = PaperKind
_ALWAYS = {Action.SUBMIT: K.RECEIPT, Action.REQUEST_SUPPLEMENT: K.SUPPLEMENT_NOTICE}
CARRIED: Mapping[Flow, Mapping[Action, PaperKind]] = {
    Flow.APPROVAL: _ALWAYS
    | {
        Action.ACCEPT: K.ACCEPTANCE,
        Action.DECLINE: K.NON_ACCEPTANCE,
        Action.DECIDE: K.DECISION,
        Action.DELIVER: K.PROOF_OF_SERVICE,
    },
    # What is told is no application: there is nothing to decide, and nothing to sue about.
    Flow.REQUEST: _ALWAYS | {Action.DISPATCH: K.ACCEPTANCE, Action.DECLINE: K.NON_ACCEPTANCE},
    Flow.ENROL: _ALWAYS,
    Flow.BOOKING: {},
}


def of(case: Snapshot, event: Event) -> PaperKind | None:
    """The paper that the event carries, if any."""
    return CARRIED[case.item.flow].get(event.action)


def event_for(case: Snapshot, kind: PaperKind) -> Event:
    """The last event that carries such a paper; PaperNotDue where there is none."""
    found = [event for event in case.events if of(case, event) is kind]
    if not found:
        raise PaperNotDue
    return found[-1]
