"""What is sealed can be read, and is what its hash says; the plain text stays in this module."""

from typing import Any

import orjson

from backend.cases import snapshot
from backend.consistency.checks import Check, Connection, Faults, faults
from config import vault
from config.vault import sealed

SAMPLE = 1000
"""How many rows of each kind are opened unless all are asked for."""

_HASHED = {"phone": "phone_hash", "id_number": "id_number_hash"}
_RESIDENTS = (
    "SELECT id, name_sealed AS name, phone_sealed AS phone, id_number_sealed AS id_number,"
    " address_sealed AS address, phone_hash, id_number_hash FROM resident"
)
_ANSWERS = "SELECT id, status, answer FROM idempotency_key WHERE status > 0"
# An answer 201 shows what was made.
_MADE = """
SELECT wanted.owner FROM unnest($1::uuid[], $2::text[]) AS wanted(id, owner)
WHERE NOT EXISTS (SELECT FROM "case" t WHERE t.id = wanted.id)
  AND NOT EXISTS (SELECT FROM appointment t WHERE t.id = wanted.id)
  AND NOT EXISTS (SELECT FROM stored_file t WHERE t.id = wanted.id)
"""
_CREATED = 201


def checks(*, everything: bool) -> list[Check]:
    """Open a sample of what is sealed, or all of it, which takes about 20 µs a row."""
    limit = "" if everything else f" ORDER BY random() LIMIT {SAMPLE}"

    async def cases(connection: Connection) -> Faults:
        rows = connection.cursor(f'SELECT id, sealed FROM "case"{limit}')
        return faults([str(row["id"]) async for row in rows if not _case_opens(row)])

    async def people(connection: Connection) -> Faults:
        rows = connection.cursor(f"{_RESIDENTS}{limit}")
        return faults([str(row["id"]) async for row in rows if not _person_opens(row)])

    async def staff(connection: Connection) -> Faults:
        rows = connection.cursor(f"SELECT id, name_sealed AS name FROM staff{limit}")
        return faults([str(row["id"]) async for row in rows if not _opens("staff", row, "name")])

    async def answers(connection: Connection) -> Faults:
        made: dict[Any, str] = {}
        broken: list[str] = []
        async for row in connection.cursor(f"{_ANSWERS}{limit}"):
            try:
                made |= _shown(row)
            except vault.SealBroken:
                broken.append(_owner(row["id"]))
        gone = await connection.fetch(_MADE, list(made), list(made.values()))
        return faults([*broken, *(row["owner"] for row in gone)])

    return [
        Check("case_unseals", "The form and query code of a case can be read.", cases),
        Check("person_unseals", "A resident's data can be read and match their hashes.", people),
        Check("staff_unseals", "The name of a member of staff can be read.", staff),
        Check("answer_has_effect", "What a kept answer says was made is there.", answers),
    ]


def _case_opens(row: Any) -> bool:
    try:
        snapshot.unsealed(bytes(row["sealed"]), row["id"])
    except (vault.SealBroken, orjson.JSONDecodeError, KeyError):
        return False
    return True


def _person_opens(row: Any) -> bool:
    return all(
        _opens("resident", row, column) for column in ("name", "phone", "id_number", "address")
    )


def _opens(owner: str, row: Any, column: str) -> bool:
    try:
        text = sealed.unseal(owner, row["id"], column=column, stored=row[column])
    except (vault.SealBroken, UnicodeDecodeError):
        return False
    hashed = _HASHED.get(column)
    return hashed is None or text is None or vault.blind(column, text) == row[hashed]


def _shown(row: Any) -> dict[Any, str]:
    """The id in a kept answer that says something was made, with whose answer it is."""
    body = vault.unseal(bytes(row["answer"]), context=f"once:{row['id']}")
    if row["status"] != _CREATED or not body:
        return {}
    answer = orjson.loads(body)
    made = answer.get("id") if isinstance(answer, dict) else None
    return {made: _owner(row["id"])} if made else {}


def _owner(identity: str) -> str:
    """Whose key it is: an account's id, but no address, nor the key the client chose."""
    kind, _, rest = identity.partition(":")
    return kind if kind == "ip" else f"{kind}:{rest.partition(':')[0]}"
