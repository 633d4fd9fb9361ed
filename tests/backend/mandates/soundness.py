"""Whether the audit finds what agents did sound, and what it would say without their mandate."""

from uuid import UUID

from backend.consistency import audit
from backend.files import operations as files
from backend.files.owners import Owner
from backend.identity.actors import ResidentActor
from config import clock
from config.settings import settings
from tests import stage
from tests.backend.files.pictures import PDF

# Of mandates, each by itself and none undone: under such nobody could have acted.
WITHOUT = (
    "accepted_at = now() + interval '1 hour'",
    "accepted_at = created_at, rights = '[\"read\"]'",
    "rights = '[\"submit\"]', items = '[\"SP-MZ-002\"]'",
    "items = NULL, revoked_at = created_at - interval '1 hour', revoked_by = 'principal'",
    "revoked_at = NULL, revoked_by = NULL, until = current_date - 2",
)


async def sound() -> None:
    """What was done leaves nothing that the audit calls broken."""
    # Staff have no sealed name here.
    checks = [check for check in audit.checks() if check.name != "staff_unseals"]
    assert audit.broken(await audit.run(settings().database_url, checks)) == []


async def found_if(mandate: str) -> set[str]:
    """What the audit says of an agent's events if of all mandates this were true."""
    checks = [check for check in audit.checks() if check.name.endswith("event_by_somebody")]
    async with stage.owner() as connection:
        await connection.execute(f"UPDATE mandate SET {mandate}")
    found = audit.broken(await audit.run(settings().database_url, checks))
    return {each.check.name for each in found}


async def an_upload(by: ResidentActor) -> UUID:
    """A file that this resident uploaded."""
    giver = Owner("resident", by.id)
    return (await files.upload(giver, name="材料.pdf", content=PDF, now=clock.now())).id
