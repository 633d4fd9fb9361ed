"""What a card says: the title and the sentence of the staff's inbox, and the page that it opens."""

from collections.abc import Mapping

from config.scrubbing import masked

TITLE, TEXT = "title", "text"
MANY = "这类消息共{many}条，请打开消息逐条查看。"
"""What the one card of a batch says."""
CASE_PAGE = "pages/staff/case/detail?id="
INBOX_PAGE = "pages/staff/message/list"


def refused(data: Mapping[str, str]) -> str | None:
    """The first part that is missing, or that says what does not belong on a card."""
    for name in (TITLE, TEXT):
        text = data.get(name, "")
        if not text or masked(text) != text:
            return name
    return None
