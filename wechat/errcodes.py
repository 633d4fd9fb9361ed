"""What WeChat's refusals mean: the class of reaction to each errcode, and the exceptions."""

import re
from enum import StrEnum

UNAVAILABLE = -1
ARGUMENT_INVALID = 47003
STABLE_TOKEN = "/cgi-bin/stable_token"  # noqa: S105 - a path
PHONE_NUMBER = "/wxa/business/getuserphonenumber"
FIELD = re.compile(r"data\.([a-z_]+\d+)\.value")


class Reaction(StrEnum):
    """What the caller should do next; every errcode has exactly one."""

    RETRY = "retry"  # later, with backoff: nothing is wrong with the request
    REFRESH_TOKEN = "refresh_token"  # noqa: S105 - the client already did, once; retry later
    WAIT_MINUTE = "wait_minute"  # the minute's quota is used up
    WAIT_DAY = "wait_day"  # the day's quota is used up
    SERIALISE = "serialise"  # one at a time per openid, then retry
    NO_CREDIT = "no_credit"  # not subscribed or used up: the ledger is 0, send elsewhere
    NEW_CODE = "new_code"  # the code is used, expired or foreign: the client must fetch another
    BLOCKED = "blocked"  # WeChat holds this user back: tell them, do not retry
    PERMANENT = "permanent"  # this request will never succeed
    CONFIGURATION = "configuration"  # nothing succeeds until an operator changes a setting


REACTIONS: dict[int, Reaction] = {
    UNAVAILABLE: Reaction.RETRY,
    40001: Reaction.REFRESH_TOKEN,  # token not the latest
    40002: Reaction.CONFIGURATION,  # grant_type
    40003: Reaction.PERMANENT,  # openid empty or of another app
    40013: Reaction.CONFIGURATION,  # appid
    40014: Reaction.REFRESH_TOKEN,
    40029: Reaction.NEW_CODE,  # invalid or expired
    40037: Reaction.CONFIGURATION,  # template wrong or deleted
    40066: Reaction.CONFIGURATION,  # no such path
    40097: Reaction.PERMANENT,  # arguments of a mini-program code
    40125: Reaction.CONFIGURATION,  # secret
    40129: Reaction.PERMANENT,  # scene
    40163: Reaction.NEW_CODE,  # used before
    40164: Reaction.CONFIGURATION,  # our address is not on the whitelist
    40169: Reaction.PERMANENT,  # scene too long
    40226: Reaction.BLOCKED,  # high-risk user
    40243: Reaction.CONFIGURATION,  # secret frozen
    41001: Reaction.PERMANENT,  # token missing
    41002: Reaction.CONFIGURATION,  # appid missing
    41004: Reaction.CONFIGURATION,  # secret missing
    41008: Reaction.NEW_CODE,  # code missing
    41030: Reaction.CONFIGURATION,  # page not in the released version
    42001: Reaction.REFRESH_TOKEN,
    43002: Reaction.PERMANENT,  # POST required
    43003: Reaction.CONFIGURATION,  # https required
    43101: Reaction.NO_CREDIT,
    43104: Reaction.PERMANENT,  # openid and appid do not belong together
    43107: Reaction.CONFIGURATION,  # template or the whole ability banned
    43108: Reaction.SERIALISE,
    44002: Reaction.PERMANENT,  # empty body
    44991: Reaction.WAIT_MINUTE,  # text checks per minute
    45009: Reaction.WAIT_DAY,
    45011: Reaction.WAIT_MINUTE,
    45168: Reaction.PERMANENT,  # sensitive words: other wording is another message
    ARGUMENT_INVALID: Reaction.PERMANENT,
    47001: Reaction.PERMANENT,  # body is not JSON
    48001: Reaction.CONFIGURATION,  # API not granted, or the token of another app
    48004: Reaction.CONFIGURATION,  # API forbidden
    50002: Reaction.BLOCKED,
    50004: Reaction.CONFIGURATION,
    50007: Reaction.CONFIGURATION,  # account frozen
    61010: Reaction.PERMANENT,  # the user has not opened the mini-program for two hours
    85096: Reaction.PERMANENT,  # reserved word in scene
    89503: Reaction.CONFIGURATION,  # address waits for the administrator
    89506: Reaction.CONFIGURATION,
    89507: Reaction.CONFIGURATION,
}

# Where one endpoint means something else by a number.
REACTIONS_OF: dict[tuple[str, int], Reaction] = {
    (STABLE_TOKEN, 40001): Reaction.CONFIGURATION,  # wrong secret
    (PHONE_NUMBER, 40013): Reaction.NEW_CODE,  # code of another app
    (PHONE_NUMBER, 40003): Reaction.NEW_CODE,  # code of another user
}


class WeChatError(Exception):
    """WeChat refused a request; the text holds no secret, token, code or openid.

    `field` is the key of the message field that WeChat named as invalid.
    """

    ambiguous = False

    def __init__(self, errcode: int, errmsg: str, *, reaction: Reaction | None = None) -> None:
        super().__init__(f"{errcode} {errmsg}")
        self.errcode = errcode
        self.errmsg = errmsg
        # An unknown number is worth another try: nothing was done.
        self.reaction = reaction or REACTIONS.get(errcode, Reaction.RETRY)
        named = FIELD.search(errmsg)
        self.field = named[1] if named else None


class WeChatUnavailable(WeChatError):
    """No usable answer: a timeout, a broken connection, a 5xx or WeChat's own -1.

    `ambiguous` means that the request may have been carried out all the same.
    """

    def __init__(self, reason: str, *, ambiguous: bool) -> None:
        super().__init__(UNAVAILABLE, reason)
        self.ambiguous = ambiguous


class NotAsked(WeChatUnavailable):
    """WeChat did not answer lately, so the request was not sent; the log has told so once."""

    def __init__(self) -> None:
        super().__init__("left alone for a while: it did not answer lately", ambiguous=False)


def refusal(path: str, errcode: int, errmsg: str, *, private: frozenset[str]) -> WeChatError:
    """Make the exception for an answer; what it echoes of `private` is blotted out."""
    for text in sorted(private, key=len, reverse=True):
        errmsg = errmsg.replace(text, "***")
    if errcode == UNAVAILABLE:
        return WeChatUnavailable(errmsg[:200], ambiguous=True)
    return WeChatError(errcode, errmsg[:200], reaction=REACTIONS_OF.get((path, errcode)))
