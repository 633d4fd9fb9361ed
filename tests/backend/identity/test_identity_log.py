"""What the log tells of questions to the identity service."""

import contextlib

import pytest
from structlog.testing import capture_logs

from backend.identity import identity_check
from backend.identity.identity_check.contract import VERIFY
from backend.identity.identity_check.refusals import IdentityQuotaExceeded
from config.settings import settings
from tests.backend.identity import authority as playing
from tests.backend.identity.authority import Play, checked, refused
from tests.backend.identity.claims import WANG, claim, refusal
from tests.backend.identity.factories import ID_NUMBER, a_resident
from tests.phones import Phones


async def test_the_log_tells_each_question_and_neither_name_nor_number(phones: Phones) -> None:
    await phones.person(WANG, ID_NUMBER)
    resident = await a_resident()

    with capture_logs() as lines:
        await refusal(claim(resident, "李四光"))
        await phones.fault(VERIFY, "http_500")
        await refusal(claim(resident))
        await claim(resident)

    told = [line for line in lines if line["event"] == "identity_asked"]
    assert [line["code"] for line in told] == ["mismatch", "http_500", "match"]
    assert [line["provider"] for line in told] == ["yikou-sandbox", None, "yikou-sandbox"]
    for line in told:
        assert line.keys() >= {"check", "number_hash", "ms"}
    for clear in (WANG, "李四光", ID_NUMBER, settings().identity_token):
        assert clear not in str(lines)


@pytest.mark.parametrize("again", [checked(), refused(429, "quota_subject", retry_after_s=60)])
async def test_a_service_that_breaks_the_contract_is_told_once_and_when_it_is_over(
    database: None, again: Play
) -> None:
    first, second = await a_resident(), await a_resident()
    async with playing.listening() as authority:
        with capture_logs() as lines:
            authority.play = refused(500, "config", provider_code="AuthFailure")
            for resident in (first, second):
                assert (await refusal(claim(resident))).code == "identity_unavailable"
            authority.play = again
            with contextlib.suppress(IdentityQuotaExceeded):
                await claim(first)
        await identity_check.close()

    told = [line for line in lines if line["event"] in {"identity_refused", "identity_back"}]
    assert [line["event"] for line in told] == ["identity_refused", "identity_back"]
    assert told[0]["error"] == "config:AuthFailure"
    assert told[1]["failures"] == 2
