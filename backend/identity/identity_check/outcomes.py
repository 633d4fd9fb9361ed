"""What becomes of a question to the identity service."""

from dataclasses import dataclass

from models import CheckResult


@dataclass(frozen=True)
class Answered:
    """The service's answer; `provider` and `provider_ref` are its own words for where it asked."""

    result: CheckResult
    provider: str | None = None
    provider_ref: str | None = None


class Unanswered(Exception):
    """Nobody knows whether name and number belong together; `code` says why, for the log.

    `fault` means that the service is there and does not do what was agreed, so that an operator
    must mend something. `retry_after` is in seconds, as the service says.
    """

    def __init__(self, code: str, *, fault: bool = False, retry_after: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.fault = fault
        self.retry_after = retry_after


class NotConnected(Unanswered):
    """No connection came about, so the question never left."""

    def __init__(self) -> None:
        super().__init__("not_connected")


class LeftAlone(Unanswered):
    """The service did not answer lately, so it was not asked; the log has told so once."""

    def __init__(self) -> None:
        super().__init__("left_alone")


class SubjectQuota(Exception):
    """The service will not be asked about this number today."""

    def __init__(self) -> None:
        super().__init__("quota_subject")
