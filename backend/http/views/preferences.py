"""Which messages somebody wants over which channels, which residents and staff see in one shape."""

from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from backend.http.body import Body
from backend.http.views.messages import AnyKind
from backend.messages.preferences import Muted
from backend.messages.refusals import KindNotMutable
from models import Channel, Importance
from notifications.telling.kinds import kinds
from notifications.telling.preview import CHANNELS

MOST = 200


class MutedIn(Body):
    """A kind of message that I do not want over this channel."""

    kind: AnyKind
    channel: Annotated[Channel, Field(strict=False)]


class SetPreferences(Body):
    """All that I do not want; whatever is not named here comes."""

    muted: Annotated[list[MutedIn], Field(max_length=MOST)]

    def chosen(self) -> list[tuple[str, Channel]]:
        """The kinds with their channels."""
        return [(each.kind, each.channel) for each in self.muted]


class ChannelView(TypedDict):
    """A channel over which the kind goes, and whether I want it there."""

    channel: Channel
    label: str
    on: bool


class PreferenceView(TypedDict):
    """A kind of message; where it is not `mutable`, `reason` says why."""

    kind: AnyKind
    label: str
    importance: Importance
    mutable: bool
    reason: str | None
    channels: list[ChannelView]


class Preferences(TypedDict):
    """The kinds that go over a channel besides the inbox, those first that matter most."""

    items: list[PreferenceView]


def preferences_view(muted: Muted, *, residents: bool) -> Preferences:
    """All kinds of residents, or of staff, as one who muted these has them."""
    items: list[PreferenceView] = [
        {
            "kind": each.name,
            "label": each.label,
            "importance": each.importance,
            "mutable": each.mutable,
            "reason": None if each.mutable else KindNotMutable.sentence,
            "channels": [
                {
                    "channel": channel,
                    "label": CHANNELS[channel],
                    "on": not each.mutable or (each.name, channel) not in muted,
                }
                for channel in each.channels
            ],
        }
        for each in kinds(residents=residents).values()
    ]
    return {"items": items}
