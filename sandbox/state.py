"""All that the sandbox knows: one app, its users, persons, codes, tokens, quotas and switches."""

import logging
import secrets
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from config.settings import settings
from sandbox import options, templates
from sandbox.clock import Clock
from sandbox.codes import Codes
from sandbox.events import Event
from sandbox.faults import Faults
from sandbox.journal import LINES_MAX, Journal
from sandbox.persons import Person, Persons
from sandbox.quota import Quota
from sandbox.short_messages import ShortMessages
from sandbox.templates import Template
from sandbox.tokens import Tokens
from sandbox.users import MESSAGES_MAX, Message, User, Users
from sandbox.wecom_members import Corporation

log = logging.getLogger("sandbox")
RELEASED_PAGES = frozenset(
    {
        "pages/index/index",
        "pages/item/detail",
        "pages/case/detail",
        "pages/appointment/detail",
        "pages/message/list",
    }
)


@dataclass(frozen=True)
class App:
    """The mini program as WeChat's console knows it."""

    appid: str
    secret: str
    push_token: str
    push_aes_key: str
    templates: dict[str, Template]
    pages: frozenset[str] = RELEASED_PAGES
    original_id: str = "gh_0000000yikou"


@dataclass
class Stats:
    """What was asked and answered since the start or the last reset."""

    calls: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    pushes: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    faults: Counter[str] = field(default_factory=Counter)


class State:
    """The sandbox's whole state; `journal` survives a restart, `announce` pushes an event."""

    def __init__(
        self, *, file: Path | None = None, push_url: str = "", templates_file: str = ""
    ) -> None:
        """Take the app from the settings, users and messages from `file`."""
        given = settings()
        self.app = App(
            appid=given.wechat_appid,
            secret=given.wechat_secret,
            push_token=given.wechat_push_token,
            push_aes_key=given.wechat_push_aes_key,
            templates=templates.load(templates_file or given.wechat_templates_file),
        )
        self._push_url = push_url
        self.announce: Callable[[Event], object] = _nowhere
        self._last_msgid: int = 0
        self.journal = Journal(file)
        self._fresh()
        for record in self.journal.read():
            try:
                self._restore(record)
            except (KeyError, TypeError, AttributeError):
                log.warning("The sandbox's state has a record of another form, left out.")
        self.journal.rewrite(self._records())

    def reset(self) -> None:
        """Forget everything, options and clock included."""
        self._fresh()
        self.journal.compact(())

    def now(self) -> float:
        """Return the sandbox's time in Unix seconds."""
        return self.clock.now()

    def keep(self, user: User) -> None:
        """Keep the user's present state across restarts."""
        self._append({"user": user.record()})

    def keep_person(self, person: Person) -> None:
        """Keep somebody whom the identity authority knows across restarts."""
        self._append({"person": person.record()})

    def receive(self, user: User, message: Message) -> None:
        """Put a message on the user's phone; the oldest beyond 200 goes."""
        user.messages.append(message)
        self._append({"of": user.name, "message": asdict(message)})

    def next_msgid(self) -> int:
        """Return a 64-bit message id, greater than all before, also across restarts."""
        # The low bits are random, so that whoever reads it as a double sees a wrong number.
        fresh = (int(self.now() * 1000) << 20) + secrets.randbelow(1 << 20)
        self._last_msgid = max(self._last_msgid + 1, fresh)
        return self._last_msgid

    def _fresh(self) -> None:
        self.clock = Clock()
        self.options = options.initial(self._push_url)
        self.users = Users(self.app.appid)
        self.persons = Persons(self.app.secret)
        self.codes = Codes()
        self.tokens = Tokens()
        self.quota = Quota()
        self.faults = Faults()
        self.stats = Stats()
        self.short_messages = ShortMessages()
        self.wecom = Corporation()
        self.sending: set[str] = set()
        self._last_msgid = 0

    def _append(self, record: dict[str, Any]) -> None:
        written = self.journal.append(record)
        live = len(self.users) * (MESSAGES_MAX + 1) + len(self.persons)
        # Where there is room again, what was missed meanwhile is still to be written.
        missed = written and self.journal.failing
        if missed or self.journal.lines > LINES_MAX + live:
            self.journal.compact(self._records())

    def _records(self) -> Iterator[dict[str, Any]]:
        for person in self.persons:
            yield {"person": person.record()}
        for user in self.users:
            yield {"user": user.record()}
            for message in user.messages:
                yield {"of": user.name, "message": asdict(message)}

    def _restore(self, record: dict[str, Any]) -> None:
        if "user" in record:
            known = self.users.find(record["user"]["name"])
            user = User(**record["user"] | {"lasting": set(record["user"]["lasting"])})
            if known is not None:
                user.messages = known.messages
            self.users.add(user)
        elif "person" in record:
            self.persons.restore(Person(**record["person"]))
        elif owner := self.users.find(record["of"]):
            owner.messages.append(Message(**record["message"]))
            self._last_msgid = max(self._last_msgid, record["message"]["msgid"])


def _nowhere(_: Event) -> None:
    """Drop an event: nobody listens until the sender is up."""
