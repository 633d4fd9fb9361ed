"""What an action makes of a case."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.cases.clock.history import Clocks
from backend.cases.record.intake import Intake
from backend.cases.record.snapshot import Snapshot
from backend.cases.rules.lifecycle import Action
from backend.cases.rules.refusals import StepUnitUnknown
from backend.cases.rules.said import Internal, Public
from backend.organisation import queries as organisation
from backend.organisation.queries import NoSuchUnit
from models import CaseStatus
from notifications.telling.wordings import Instead


@dataclass
class Change:
    """What an action makes of a case; `columns` are further columns of its row.

    `done_at` is the unit that its event tells of, where that is not the one that has the case then.
    `taken_in` where a window does for the applicant what is theirs to do.
    `chosen` only where the lifecycle leaves a choice of the status that follows.
    """

    action: Action
    at: datetime
    chosen: CaseStatus | None = None
    public: Public = field(default_factory=Public)
    internal: Internal = field(default_factory=Internal)
    columns: dict[str, Any] = field(default_factory=dict)
    step: int | None = None
    holder_code: str | None = None
    done_at: str | None = None
    materials_accepted: bool = False
    rejected: dict[str, str] = field(default_factory=dict)
    taken_in: Intake | None = None
    after: CaseStatus = field(init=False)
    clocks: Clocks = field(init=False)

    def at_window(self, unit_code: str, taken_in: Intake) -> None:
        """Say that this window does it for the applicant."""
        self.done_at, self.taken_in = unit_code, taken_in
        self.public = {**self.public, "at_window": True}
        if taken_in.mandate_id is not None:
            self.public["by_mandate"] = True

    def by_agent(self) -> None:
        """Say that somebody with a mandate of the applicant's does it for them."""
        self.public = {**self.public, "by_agent": True}

    @property
    def instead(self) -> Instead | None:
        """Who does it for the applicant, where they do not."""
        if self.public.get("by_agent"):
            return Instead.AGENT
        if self.taken_in is None:
            return None
        return Instead.WINDOW if self.taken_in.mandate_id is None else Instead.UNIT

    def go_to(self, case: Snapshot, step: int) -> None:
        """Lead the case to a step and its unit; StepUnitUnknown where nobody knows that one."""
        self.step, self.holder_code = step, _unit_of(case, step)


def _unit_of(case: Snapshot, step: int) -> str:
    route, place = case.item.route, case.community_code
    try:
        return organisation.step_unit(route[step - 1], place, case.item.department_code).code
    except NoSuchUnit:
        raise StepUnitUnknown from None
