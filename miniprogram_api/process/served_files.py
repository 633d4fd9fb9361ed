"""The data files that are read while serving, and not loaded before."""

from backend.papers import wording
from config import holidays, own_files
from config.sources import BadRow
from notifications.channels.wechat import templates
from notifications.jobs import periods
from notifications.telling import wordings


def check() -> list[BadRow]:
    """The bad rows of what is read while serving, and names in the city's folder that mean nothing.

    Read are calendar, words, papers and jobs.
    """
    bad = [*own_files.check(), *holidays.check()]
    periods.read(bad)
    wording.read(bad)
    theirs: list[BadRow] = []
    known = templates.read(theirs)
    # A template with a fault is none: what names it would be told as well.
    return [*bad, *theirs, *wordings.check({} if theirs else known)]
