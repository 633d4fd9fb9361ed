"""What a short message says: the title of the message and the number, in the approved template.

A template of the city is approved once for what people must do and once for results; its two
variables are all that changes. Neither names the person, the item nor what it is about.
"""

import re
from collections.abc import Mapping

from config.scrubbing import masked
from config.settings import settings
from models import Importance

LONGEST = 35
TITLE, NUMBER = "title", "number"
_URL = re.compile(r"https?:|www\.|://|\.(?:com|cn|net|org)\b", re.IGNORECASE)


def template(importance: str) -> str:
    """Alibaba's code of the template for messages of this class; empty where there is none."""
    given = settings()
    codes = {
        Importance.ACT.value: given.sms_template_act,
        Importance.RESULT.value: given.sms_template_result,
    }
    return codes.get(importance, "")


def refused(data: Mapping[str, str]) -> str | None:
    """The first variable that Alibaba would not take, or that says what nobody else should read."""
    for name in (TITLE, NUMBER):
        text = data.get(name, "")
        fits = 0 < len(text) <= LONGEST and text.isprintable() and not set("【】") & set(text)
        if not fits or _URL.search(text) or masked(text) != text:
            return name
    return None
