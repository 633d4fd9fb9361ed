"""Question and answers as they go over the wire; docs/identity.md says the same for vendors."""

from typing import Annotated, Literal
from uuid import UUID

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from backend.identity.identity_check.outcomes import Answered, SubjectQuota, Unanswered
from models import CheckResult

VERIFY = "/identity/v1/verify"
JSON = "application/json"
# An answer of the contract has some three hundred bytes.
LARGEST = 16 * 1024
OK = 200
SERVER_ERROR = 500

# What is logged and kept of an answer is written by others.
_Word = Annotated[str, Field(pattern=r"^[\x21-\x7e]*$")]
_Class = Literal[
    "invalid_input",
    "evidence_invalid",
    "quota_subject",
    "quota_account",
    "unavailable",
    "timeout",
    "config",
]
_STATUS: dict[str, set[int]] = {
    "invalid_input": {400},
    "evidence_invalid": {422},
    "quota_subject": {429},
    "quota_account": {429},
    "unavailable": {503},
    "timeout": {504},
    "config": {401, 403, 500},
}
# These say that it is away; the others, that something must be mended.
_AWAY = {"unavailable", "timeout"}


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True)


class _Checked(_Strict):
    """200: the authority was asked."""

    request_id: str
    result: Literal["match", "mismatch", "no_record", "not_completed"]
    provider: Annotated[_Word, Field(min_length=1, max_length=64)]
    provider_ref: Annotated[_Word, Field(max_length=128)] | None
    # As JSON has it: a time is a text, which strict pydantic takes from JSON only.
    checked_at: AwareDatetime
    billed: bool


class _Error(_Strict):
    kind: Annotated[_Class, Field(alias="class")]
    retry_after_s: Annotated[int, Field(ge=0)] | None = None
    provider_code: Annotated[_Word, Field(max_length=64)] | None = None


class _Refused(_Strict):
    """Any other status: the authority was not asked, or did not answer."""

    error: _Error


def question(check: UUID, *, name: str, number: str) -> bytes:
    """The body that asks whether this name and this ID number belong together."""
    return orjson.dumps(
        {
            "request_id": str(check),
            "level": "two_factor",
            "subject": {"name": name, "id_type": "id_card", "id_number": number},
            "evidence": None,
            "purpose": "real_name",
            "consent_ref": None,
        }
    )


def answer(status: int, media_type: str, body: bytes, *, check: UUID, number: str) -> Answered:
    """What an answer says; Unanswered if it says nothing of the person, SubjectQuota.

    Whatever is not of the contract says nothing: a page of a proxy, another question's answer, one
    that repeats the number, since that would be logged and kept.
    """
    if media_type != JSON or number.encode() in body:
        raise _broken(status, "other_type" if media_type != JSON else "number_repeated")
    try:
        if status == OK:
            return _checked(_Checked.model_validate_json(body), check)
        return _refused(status, _Refused.model_validate_json(body).error)
    except ValidationError:
        # Not with its text, which quotes the answer.
        raise _broken(status, "malformed") from None


def _checked(found: _Checked, check: UUID) -> Answered:
    if found.request_id != str(check):
        raise Unanswered("other_request", fault=True)
    if found.result == "not_completed":
        # Only where the person has to do something themselves, which we do not ask for.
        raise Unanswered(found.result, fault=True)
    return Answered(CheckResult(found.result), found.provider, found.provider_ref)


def _refused(status: int, error: _Error) -> Answered:
    if status not in _STATUS[error.kind]:
        raise _broken(status, "malformed")
    if error.kind == "invalid_input":
        return Answered(CheckResult.INVALID_INPUT)
    if error.kind == "quota_subject":
        raise SubjectQuota
    code = f"{error.kind}:{error.provider_code}" if error.provider_code else error.kind
    raise Unanswered(code, fault=error.kind not in _AWAY, retry_after=error.retry_after_s)


def _broken(status: int, why: str) -> Unanswered:
    """What is not of the contract: its status tells more, where it is none of success."""
    if status == OK:
        return Unanswered(why, fault=True)
    return Unanswered(f"http_{status}", fault=status < SERVER_ERROR)
