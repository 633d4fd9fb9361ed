"""In which order the channels are tried, by who is told and how much it matters.

The next one has its turn where the one before did not deliver a message of class `act` or `result`
in time; what merely informs goes over the first alone, and one's own act over none.
"""

from collections.abc import Mapping

from models import Channel, Importance, RecipientKind

ORDER: Mapping[RecipientKind, Mapping[Importance, tuple[Channel, ...]]] = {
    RecipientKind.RESIDENT: {
        Importance.ACT: (Channel.WECHAT, Channel.SMS),
        Importance.RESULT: (Channel.WECHAT, Channel.SMS),
        Importance.INFO: (Channel.WECHAT,),
        Importance.ECHO: (),
    },
    RecipientKind.STAFF: {
        Importance.ACT: (Channel.WECOM,),
        Importance.RESULT: (),
        Importance.INFO: (),
        Importance.ECHO: (),
    },
}
