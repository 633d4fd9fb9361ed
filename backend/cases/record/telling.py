"""What the applicant, and who works on a case next, are told of a change."""

from datetime import date, datetime

from backend.cases.record import dues
from backend.cases.record.change import Change
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules import texts
from backend.cases.rules.lifecycle import ACCEPTED, Action
from backend.identity.actors import ResidentActor, StaffActor
from backend.organisation import queries as organisation
from config.clock import city_day
from models import Role
from notifications.telling import messages
from notifications.telling.outgoing import Outgoing
from notifications.telling.recipients import Applicant, Resident, UnitRole


def to_applicant(case: Snapshot, change: Change, to: Applicant) -> Outgoing:
    """What the applicant is told in one of their inboxes, whoever did it for them."""
    action, window = str(change.action), ""
    if change.instead is not None:
        action = change.instead.of(action)
    if change.taken_in is not None:
        window = organisation.known_or_not(change.done_at or "").name
    return messages.case_message(
        action,
        flow=case.item.flow,
        to=to,
        case_id=case.id,
        number=case.number,
        item_name=case.item.name,
        status_text=texts.status_text(case.item.flow, change.after),
        at=change.at,
        due=dues.told(change.after, change.clocks, change.public, at=change.at),
        accepted=case.accepted_at is not None or change.after in ACCEPTED,
        outcome=change.after,
        window=window,
    )


def as_it_is(
    case: Snapshot,
    action: str,
    to: Applicant,
    *,
    at: datetime,
    due: date | None = None,
    window: str = "",
) -> Outgoing:
    """What the applicant is told of the case in the status that it is read in."""
    return messages.case_message(
        action,
        flow=case.item.flow,
        to=to,
        case_id=case.id,
        number=case.number,
        item_name=case.item.name,
        status_text=texts.status_text(case.item.flow, case.status),
        at=at,
        due=due,
        window=window,
    )


def to_unit(
    case: Snapshot, change: Change, *, step: int, unit_code: str, by: StaffActor | ResidentActor
) -> Outgoing:
    """What the role of the open task is told: the clerks, until acceptance, where it came in."""
    moved, accepted = change.step is not None, change.after in ACCEPTED
    due = (
        dues.of_step(case, step, change.at)
        if moved
        else dues.of_task(case, change.after, change.at)
    )
    return messages.staff_message(
        change.action,
        to=UnitRole(unit_code, case.item.route[step - 1].role if accepted else Role.CLERK),
        case_id=case.id,
        number=case.number,
        item_name=case.item.name,
        at=change.at,
        due=city_day(due) if due else None,
        by_staff_id=by.id if isinstance(by, StaffActor) else None,
    )


def to_window(
    case: Snapshot, change: Change, applicant: list[Applicant], *, by: StaffActor | ResidentActor
) -> list[Outgoing]:
    """What the window that filed it is told of a notice that no account of the `applicant` is.

    Nothing where it is a window of the unit that gave the notice.
    """
    heard = any(isinstance(to, Resident) for to in applicant)
    if change.action is not Action.REQUEST_SUPPLEMENT or heard:
        return []
    if case.received_unit_code in {None, case.holder_code}:
        return []
    due = dues.told(change.after, change.clocks, change.public, at=change.at)
    return [
        messages.staff_message(
            change.action,
            to=UnitRole(case.received_unit_code, Role.CLERK),
            case_id=case.id,
            number=case.number,
            item_name=case.item.name,
            at=change.at,
            due=due,
            by_staff_id=by.id if isinstance(by, StaffActor) else None,
        )
    ]
