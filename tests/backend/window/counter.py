"""A counter at which papers are scanned and cases filed, as the tests do it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from tortoise.transactions import in_transaction

from backend import real_names
from backend.cases.acts.submit import Application
from backend.errors import ServiceError
from backend.files import operations
from backend.files.owners import Owner
from backend.identity.actors import ResidentActor, StaffActor
from backend.window import filing
from backend.window.filing import Consent
from config import clock
from models import ConsentKind, uuid7
from tests.accounts import an_account
from tests.backend.cases.factories import COMMUNITY, FORM, ITEM, NOW
from tests.backend.files.pictures import PDF
from tests.backend.window.test_persons import NAME, NUMBER

PAPERS = ("id_card", "household_register", "economic_check_authorisation")


@dataclass
class Counter:
    """A clerk far from where the person lives, and the person, who has no account."""

    clerk: StaffActor
    person: UUID

    async def scan(self, name: str = "a.pdf", by: StaffActor | None = None) -> UUID:
        owner = Owner("staff", (by or self.clerk).id)
        return (await operations.upload(owner, name=name, content=PDF, now=clock.now())).id

    async def file(self, *, by: StaffActor | None = None, **changes: Any) -> UUID:
        by = by or self.clerk
        given: dict[str, Any] = {"consent": Consent(kind=ConsentKind.ORAL)} | changes
        paper = given.pop("paper", None) or await self.scan(by=by)
        application = Application(
            item_code=given.pop("item_code", ITEM),
            form=given.pop("form", FORM),
            materials=[(code, paper) for code in PAPERS],
            community_code=given.pop("community_code", None),
        )
        person = given.pop("person_id", self.person)
        async with in_transaction():
            return await filing.file(application, person_id=person, by=by, now=NOW, **given)

    async def refusal(self, **changes: Any) -> str:
        with pytest.raises(ServiceError) as refused:
            await self.file(**changes)
        return refused.value.code

    async def account(self) -> ResidentActor:
        """An account of the person's own."""
        made = await an_account(community_id=COMMUNITY)
        await real_names.confirm(made.id, name=NAME, id_number=NUMBER, now=clock.now())
        return ResidentActor(id=made.id, session_id=uuid7(), person_id=self.person)
