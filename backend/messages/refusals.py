"""What we refuse about messages."""

from collections.abc import Iterable

from backend.errors import Invalid, InvalidParam, NotFound


class MessageNotFound(NotFound):
    """没有找到这条消息

    没有这条消息，或不是本人的消息。
    """


class TemplateUnknown(Invalid):
    """没有这个消息模板

    没有这个订阅消息模板。
    """

    def __init__(self, template_ids: Iterable[str]) -> None:
        super().__init__(
            invalid_params=[
                InvalidParam(f"results.{each}", self.code, self.sentence) for each in template_ids
            ]
        )
