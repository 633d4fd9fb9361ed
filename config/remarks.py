"""What is no fault of the settings but worth knowing, one sentence each in both languages."""

from collections.abc import Iterator
from typing import Protocol


class Given(Protocol):
    """The settings that are looked at."""

    identity_url: str

    @property
    def development(self) -> bool:
        """Whether it is a development system."""

    @property
    def second_factors(self) -> str:
        """Whether staff must have a second factor."""

    @property
    def sandbox_confirms(self) -> bool:
        """Whether the sandbox says who somebody is."""


def remarks(given: Given) -> Iterator[str]:
    """What `yikou check` tells as a note, and whatever serves when it starts."""
    if not given.identity_url:
        yield (
            "YIKOU_IDENTITY_URL 未设置，居民不能完成实名"
            " / is not set, so no resident's real name can be confirmed."
        )
    elif given.sandbox_confirms:
        yield (
            f"身份核验由沙箱 {given.identity_url} 扮演，不查真实身份"
            f" / The identity service is played by the sandbox at {given.identity_url}:"
            " nobody's identity is really checked."
        )
    if not given.development and given.second_factors != "required":
        yield (
            f"YIKOU_SECOND_FACTOR 为 {given.second_factors}，决定、督办和管理岗位可以只凭微信登录"
            f" / is {given.second_factors}: who decides, supervises or administers may log in"
            " by WeChat alone."
        )
