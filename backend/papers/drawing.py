"""Having papers drawn: two at once at most, in processes of their own."""

from structlog import get_logger

from backend.files.helpers import Helpers
from backend.files.places import Places
from backend.papers.content import Content
from backend.papers.refusals import PapersBusy
from config import encoding

AT_ONCE = 2
WAITING = 100
WAIT_SECONDS = 15.0
# The first paper of a helper takes a second: it reads the font.
DRAW_SECONDS = 15.0
IDLE_SECONDS = 300.0

log = get_logger()
helpers = Helpers("backend.papers.workshop", idle_seconds=IDLE_SECONDS)
places = Places(AT_ONCE, waiting=WAITING, seconds=WAIT_SECONDS, busy=PapersBusy)


async def draw(content: Content, layout: int) -> bytes:
    """The PDF of a paper: always the same bytes for the same content and layout.

    PapersBusy while too many wait, or when it takes too long.
    """
    asked = encoding.dumps({"content": content, "layout": layout})
    async with places.one():
        try:
            told, pdf = await helpers.ask(asked, seconds=DRAW_SECONDS)
        except (TimeoutError, OSError) as error:
            log.warning("paper_not_drawn", error=type(error).__name__)
            raise PapersBusy from None
    if "failed" in told:
        raise LayoutFaultyError(told["failed"])
    return pdf


class LayoutFaultyError(Exception):
    """The layout can't draw this paper: a fault of the data files, which `yikou check` finds."""
