"""Where WeChat calls us: the check of the URL, and its events."""

from pydantic import ConfigDict
from structlog import get_logger

from backend.http.answers import Answer
from backend.http.body import Query
from backend.http.call import Call, Nothing
from backend.http.guard import Guard
from backend.http.keyed import Keyed
from backend.http.limits import Limit
from backend.http.routes import Routes
from backend.messages import pushes
from wechat import push
from wechat.documents import PushRefused

PLAIN = "text/plain; charset=utf-8"
REFUSED = 403

log = get_logger()
routes = Routes(
    "wechat_push",
    prefix="/wechat",
    guard=Guard.WECHAT,
    unrecorded="answers WeChat nothing of anybody",
)


class Signed(Query):
    """WeChat's signature and whatever else it adds."""

    model_config = ConfigDict(extra="ignore")

    signature: str = ""
    timestamp: str = ""
    nonce: str = ""
    echostr: str = ""
    encrypt_type: str = ""
    msg_signature: str = ""


@routes.get("/push", query=Signed, media=("text/plain",), also=(REFUSED,), limit=Limit.WECHAT)
async def check_url(call: Call[Nothing, Signed]) -> Answer[bytes]:
    """Prove to WeChat that this server is ours."""
    try:
        echo = push.check_url(call.query.model_dump())
    except PushRefused as refusal:
        return _refused(refusal)
    return Answer(echo.encode(), media_type=PLAIN)


@routes.post(
    "/push",
    query=Signed,
    keyed=Keyed.NO,
    media=("text/plain",),
    also=(REFUSED,),
    limit=Limit.WECHAT,
)
async def take_push(call: Call[Nothing, Signed]) -> Answer[bytes]:
    """Take one of WeChat's events; the same one again changes nothing."""
    try:
        event = push.parse(call.request.body, call.query.model_dump(), now=call.now.timestamp())
    except PushRefused as refusal:
        return _refused(refusal)
    await pushes.take(event, now=call.now)
    return Answer(b"success", media_type=PLAIN)


def _refused(refusal: PushRefused) -> Answer[bytes]:
    log.warning("push_refused", reason=str(refusal))
    return Answer(str(refusal).encode(), REFUSED, media_type=PLAIN)
