"""What is sealed can be read, and is what its hash says; the plain text stays in this module."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson

from backend.consistency.checks import Check, Connection, Faults, faults
from backend.files import names
from config import vault
from config.vault import sealed

SAMPLE = 1000
"""How many rows of each kind are opened unless all are asked for."""

_HASHED = {"openid": "openid_hash", "phone": "phone_hash", "id_number": "id_number_hash"}
_RESIDENTS = (
    "SELECT id, openid_sealed AS openid, phone_sealed AS phone, address_sealed AS address,"
    " openid_hash, phone_hash FROM resident"
)
_PERSONS = (
    "SELECT id, name_sealed AS name, id_number_sealed AS id_number, phone_sealed AS phone,"
    " address_sealed AS address, id_number_hash, phone_hash FROM person"
)
_CASES = 'SELECT id, query_code_sealed AS query_code, supplement_sealed AS supplement FROM "case"'
_PAPERS = "SELECT id, reason_sealed AS reason FROM case_material WHERE reason_sealed IS NOT NULL"
_REASONS = (
    "SELECT id, reason_sealed AS reason FROM appointment_event WHERE reason_sealed IS NOT NULL"
)
_BOOKED = "SELECT id, form_sealed AS form FROM appointment WHERE form_sealed IS NOT NULL"
_AGENTS = "SELECT id, agent_sealed AS agent FROM case_intake WHERE agent_sealed IS NOT NULL"
_FORMS = "SELECT id, form_sealed AS form FROM case_form"
_ISSUED = "SELECT id, content_sealed AS content, revoke_reason_sealed AS revoke_reason FROM paper"
_DRAFTS = "SELECT id, content_sealed AS content FROM draft"
_EVENTS = (
    "SELECT id, public_sealed AS public, internal_sealed AS internal FROM case_event"
    " WHERE public_sealed IS NOT NULL OR internal_sealed IS NOT NULL"
)
_FACTORS = (
    "SELECT staff_id AS id, offered_sealed AS offered, secret_sealed AS secret FROM second_factor"
)
_FILES = (
    "SELECT id, coalesce(unit_id, coalesce(resident_id, person_id, staff_id)::text) AS owner,"
    " name_sealed AS name, name_hash FROM stored_file"
)
_ANSWERS = "SELECT id, status, answer FROM idempotency_key WHERE status > 0"
# An answer 201 shows what was made.
_MADE = """
SELECT wanted.owner FROM unnest($1::uuid[], $2::text[]) AS wanted(id, owner)
WHERE NOT EXISTS (SELECT FROM "case" t WHERE t.id = wanted.id)
  AND NOT EXISTS (SELECT FROM appointment t WHERE t.id = wanted.id)
  AND NOT EXISTS (SELECT FROM stored_file t WHERE t.id = wanted.id)
  AND NOT EXISTS (SELECT FROM paper t WHERE t.id = wanted.id)
  AND NOT EXISTS (SELECT FROM mandate t WHERE t.id = wanted.id)
  AND NOT EXISTS (SELECT FROM absence t WHERE t.id = wanted.id)
"""
_CREATED = 201


def checks(*, everything: bool) -> list[Check]:
    """Open a sample of what is sealed, or all of it, which takes about 20 µs a row."""
    limit = "" if everything else f" ORDER BY random() LIMIT {SAMPLE}"

    def columns(sql: str, table: str, *names: str) -> Callable[[Connection], Awaitable[Faults]]:
        async def find(connection: Connection) -> Faults:
            rows = connection.cursor(f"{sql}{limit}")
            return faults(
                [
                    str(row["id"])
                    async for row in rows
                    if not all(_opens(table, row, name) for name in names)
                ]
            )

        return find

    async def files(connection: Connection) -> Faults:
        rows = connection.cursor(f"{_FILES}{limit}")
        return faults([str(row["id"]) async for row in rows if not _file_name_opens(row)])

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
        Check(
            "case_unseals",
            "办件的查询码和补正通知可以解密 / A case's query code and open notice can be read.",
            columns(_CASES, "case", "query_code", "supplement"),
        ),
        Check(
            "form_unseals",
            "提交和补正的表单可以解密 / Every form handed in can be read.",
            columns(_FORMS, "case_form", "form"),
        ),
        Check(
            "agent_unseals",
            "到窗口代办的人可以解密 / Who stood at a window for somebody can be read.",
            columns(_AGENTS, "case_intake", "agent"),
        ),
        Check(
            "draft_unseals",
            "草稿可以解密 / Every draft can be read.",
            columns(_DRAFTS, "draft", "content"),
        ),
        Check(
            "event_unseals",
            "经过所附的意见可以解密 / What was said with an event can be read.",
            columns(_EVENTS, "case_event", "public", "internal"),
        ),
        Check(
            "paper_unseals",
            "材料不合格的原因可以解密 / Why a paper was rejected can be read.",
            columns(_PAPERS, "case_material", "reason"),
        ),
        Check(
            "issued_unseals",
            "文书的内容和撤销原因可以解密"
            " / What a paper says, and why it was revoked, can be read.",
            columns(_ISSUED, "paper", "content", "revoke_reason"),
        ),
        Check(
            "cancelling_unseals",
            "取消预约的原因可以解密 / Why an appointment was cancelled can be read.",
            columns(_REASONS, "appointment_event", "reason"),
        ),
        Check(
            "booked_form_unseals",
            "预约的表单可以解密 / The form of an appointment can be read.",
            columns(_BOOKED, "appointment", "form"),
        ),
        Check(
            "file_name_unseals",
            "文件名可以解密，且与摘要一致 / A file's name can be read and matches its hash.",
            files,
        ),
        Check(
            "account_unseals",
            "账号的资料可以解密，且与摘要一致"
            " / What an account has of somebody can be read and matches its hashes.",
            columns(_RESIDENTS, "resident", "openid", "phone", "address"),
        ),
        Check(
            "person_unseals",
            "人员的资料可以解密，且与摘要一致"
            " / A person's data can be read and match their hashes.",
            columns(_PERSONS, "person", "name", "id_number", "phone", "address"),
        ),
        Check(
            "staff_unseals",
            "工作人员的姓名可以解密 / The name of a member of staff can be read.",
            columns("SELECT id, name_sealed AS name FROM staff", "staff", "name"),
        ),
        Check(
            "absence_unseals",
            "请假的原因可以解密 / The reason of an absence can be read.",
            columns("SELECT id, reason_sealed AS reason FROM absence", "absence", "reason"),
        ),
        Check(
            "recusal_unseals",
            "回避的原因可以解密 / The reason of a recusal can be read.",
            columns("SELECT id, reason_sealed AS reason FROM recusal", "recusal", "reason"),
        ),
        Check(
            "task_filter_unseals",
            "待办筛选条件的名称可以解密 / The name of a filter of the to-do can be read.",
            columns("SELECT id, name_sealed AS name FROM task_filter", "task_filter", "name"),
        ),
        Check(
            "second_factor_unseals",
            "工作人员的动态验证码密钥可以解密 / The secret of a second factor can be read.",
            columns(_FACTORS, "second_factor", "offered", "secret"),
        ),
        Check(
            "answer_has_effect",
            "已存的应答所说的结果确实存在 / What a kept answer says was made is there.",
            answers,
        ),
    ]


def _file_name_opens(row: Any) -> bool:
    try:
        name = sealed.unseal("stored_file", row["id"], column="name", stored=row["name"])
    except (vault.SealBroken, UnicodeDecodeError):
        return False
    return name is not None and names.hashed(row["owner"], name) == row["name_hash"]


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
    if not isinstance(answer, dict) or "id_number_masked" in answer:
        # A person who was taken in may be forgotten within the answer's day.
        return {}
    made = answer.get("id")
    return {made: _owner(row["id"])} if made else {}


def _owner(identity: str) -> str:
    """Whose key it is: an account's id, but no address, nor the key the client chose."""
    kind, _, rest = identity.partition(":")
    return kind if kind == "ip" else f"{kind}:{rest.partition(':')[0]}"
