"""Every refusal has one class of reaction, and no refusal repeats what is private."""

import pytest

from wechat.errcodes import REACTIONS, Reaction, WeChatError, WeChatUnavailable, refusal

SEND = "/cgi-bin/message/subscribe/send"
OF_SENDING = {
    40001: Reaction.REFRESH_TOKEN,
    40014: Reaction.REFRESH_TOKEN,
    42001: Reaction.REFRESH_TOKEN,
    40003: Reaction.PERMANENT,
    40037: Reaction.CONFIGURATION,
    41030: Reaction.CONFIGURATION,
    43101: Reaction.NO_CREDIT,
    43107: Reaction.CONFIGURATION,
    43108: Reaction.SERIALISE,
    45168: Reaction.PERMANENT,
    45009: Reaction.WAIT_DAY,
    45011: Reaction.WAIT_MINUTE,
    47003: Reaction.PERMANENT,
    48001: Reaction.CONFIGURATION,
    -1: Reaction.RETRY,
}
OF_LOGIN = {
    -1: Reaction.RETRY,
    40029: Reaction.NEW_CODE,
    40163: Reaction.NEW_CODE,
    40226: Reaction.BLOCKED,
    45011: Reaction.WAIT_MINUTE,
    45009: Reaction.WAIT_DAY,
    40013: Reaction.CONFIGURATION,
    40125: Reaction.CONFIGURATION,
    41002: Reaction.CONFIGURATION,
    41004: Reaction.CONFIGURATION,
    41008: Reaction.NEW_CODE,
    40164: Reaction.CONFIGURATION,
}
GLOBAL_AND_OF_CHECKS = [40066, 41001, 43002, 43003, 44002, 47001, 48004, 50002]
OF_TOKEN = [40002, 40243, 50004, 50007, 89503, 89506, 89507]
OF_CHECKS_AND_CODES = [40129, 43104, 44991, 61010, 40097, 40169, 85096]


@pytest.mark.parametrize(("errcode", "reaction"), [*OF_SENDING.items(), *OF_LOGIN.items()])
def test_the_reaction_is_the_one_that_the_reference_asks_for(
    errcode: int, reaction: Reaction
) -> None:
    assert REACTIONS[errcode] is reaction
    assert refusal(SEND, errcode, "text", private=frozenset()).reaction is reaction


@pytest.mark.parametrize("errcode", GLOBAL_AND_OF_CHECKS + OF_TOKEN + OF_CHECKS_AND_CODES)
def test_every_documented_errcode_is_classed(errcode: int) -> None:
    assert errcode in REACTIONS


def test_an_unknown_errcode_is_worth_another_try() -> None:
    assert WeChatError(99999, "new").reaction is Reaction.RETRY


def test_one_number_means_different_things_at_different_endpoints() -> None:
    token = refusal("/cgi-bin/stable_token", 40001, "invalid credential", private=frozenset())
    phone = refusal("/wxa/business/getuserphonenumber", 40013, "invalid", private=frozenset())

    assert token.reaction is Reaction.CONFIGURATION
    assert phone.reaction is Reaction.NEW_CODE


@pytest.mark.parametrize(
    "errmsg",
    [
        "argument invalid! data.thing4.value invalid rid: 6949fe38-0627ff0d-47df91c7",
        "argument invalid! data.thing4.value is emtpy",
        "argument invalid! data.thing4.value i",
    ],
)
def test_the_field_that_wechat_names_is_read_out(errmsg: str) -> None:
    assert refusal(SEND, 47003, errmsg, private=frozenset()).field == "thing4"


def test_system_error_counts_as_unavailable_and_perhaps_done() -> None:
    error = refusal(SEND, -1, "system error", private=frozenset())

    assert isinstance(error, WeChatUnavailable)
    assert error.ambiguous


def test_what_the_answer_echoes_is_blotted_out() -> None:
    error = refusal(
        SEND, 40003, "invalid openid oABC of oABCDEF", private=frozenset({"oABC", "oABCDEF"})
    )

    assert str(error) == "40003 invalid openid *** of ***"
