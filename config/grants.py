"""What the application may do with each table; its owner alone may change the tables themselves.

A table that is not named here is closed to the application.
"""

import asyncpg

from config.database import credentials

READ = "SELECT"
APPEND = "SELECT, INSERT"
KEEP = "SELECT, INSERT, UPDATE"
ALL = "SELECT, INSERT, UPDATE, DELETE"
# Rows that triggers write.
FORGET = "SELECT, DELETE"

TABLES = {
    "absence": KEEP,
    "access_log": APPEND,
    "access_log_head": READ,
    "appointment": KEEP,
    "appointment_event": f"{APPEND}, UPDATE (reason_sealed)",
    "case": KEEP,
    "case_event": APPEND,
    "case_form": APPEND,
    "case_intake": APPEND,
    "case_material": KEEP,
    "case_transfer": KEEP,
    "case_outlook": ALL,
    "credit_entry": ALL,
    "data_load": ALL,
    "delivery": ALL,
    "department": KEEP,
    "draft": ALL,
    "erasure": KEEP,
    "family_copy": ALL,
    "idempotency_key": ALL,
    "identity_check": ALL,
    "item_version": KEEP,
    "job": KEEP,
    "mandate": ALL,
    "message": ALL,
    "message_read": APPEND,
    "muted_kind": ALL,
    "office": KEEP,
    "office_closure": ALL,
    "opening_hours": ALL,
    "org_unit": KEEP,
    "paper": KEEP,
    "paper_series": KEEP,
    "person": ALL,
    "post": KEEP,
    "push_event": ALL,
    "query_try": ALL,
    "recusal": f"{APPEND}, UPDATE (ended_at), UPDATE (ended_by)",
    "refresh_token": ALL,
    "resident": ALL,
    "seat": ALL,
    "second_factor": ALL,
    "service_item": KEEP,
    "session": ALL,
    "slot": ALL,
    "staff": KEEP,
    "staff_event": FORGET,
    "staff_invite": KEEP,
    "stored_file": ALL,
    "subscription_credit": ALL,
    "task": KEEP,
    "task_filter": "SELECT, INSERT, DELETE",
    "tortoise_migrations": READ,
}

_EXISTING = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    " AND relkind IN ('r', 'p')"
)


async def grant(owner: "asyncpg.Connection[asyncpg.Record]", url: str) -> None:
    """Give the role of the application's URL its rights, and make it where it is missing.

    Nothing is done where the URL names the owner itself. To be called under the migrations' lock.
    """
    given = credentials(url)
    if given["user"] == await owner.fetchval("SELECT current_user::text"):
        return
    role = await owner.fetchval("SELECT quote_ident($1)", given["user"])
    await _make(owner, given["user"], role, given["password"])
    present = {row["relname"] for row in await owner.fetch(_EXISTING)}
    grants = [
        f'GRANT {rights} ON TABLE "{table}" TO {role}'
        for table, rights in TABLES.items()
        if table in present
    ]
    async with owner.transaction():
        for statement in (
            f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {role}",
            f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}",
            f"GRANT USAGE ON SCHEMA public TO {role}",
            f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
            *grants,
        ):
            await owner.execute(statement)


async def _make(
    owner: "asyncpg.Connection[asyncpg.Record]", name: str, role: str, password: str | None
) -> None:
    if await owner.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", name):
        return
    secret = ""
    if password:
        secret = " PASSWORD " + await owner.fetchval("SELECT quote_literal($1)", password)
    try:
        await owner.execute(f"CREATE ROLE {role} LOGIN{secret}")
    except (asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
        # Roles belong to the whole server: another database's migration made it meanwhile.
        return
