"""The data files that are read while serving, and not loaded before."""

from backend.cases.rules import told
from backend.cases.rules.lifecycle import Action
from backend.http.openapi.words import words
from backend.papers import wording
from config import holidays, own_files
from config.sources import BadRow
from notifications.channels.wechat import templates
from notifications.jobs import periods
from notifications.telling import wordings


def check() -> list[BadRow]:
    """The bad rows of what is read while serving, and names in the city's folder that mean nothing.

    Read are calendar, words, papers and jobs. An action of the lifecycle that has no words in the
    code is told beside them: found later, it would be a 500 on somebody's case.
    """
    bad = [*own_files.check(), *holidays.check()]
    periods.read(bad)
    wording.read(bad)
    theirs: list[BadRow] = []
    known = templates.read(theirs)
    # A template with a fault is none: what names it would be told as well.
    said = wordings.check({} if theirs else known, told.TOLD)
    return [*bad, *theirs, *said, *told.unsaid(words().labels((), Action.__name__))]
