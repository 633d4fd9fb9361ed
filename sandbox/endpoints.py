"""The calls of WeChat's API that the sandbox answers, with their quotas (wechat.md 9)."""

from sandbox import access_token, login, phone, qrcode, security, subscribe
from sandbox.endpoint import Endpoint, Secret
from sandbox.quota import Limits

ENDPOINTS = (
    Endpoint(
        "/cgi-bin/token",
        "GET",
        access_token.token,
        secret=Secret(grant_type="client_credential", wrong_may_be_40001=True),
        limits=Limits(per_day=2000),
    ),
    Endpoint(
        "/cgi-bin/stable_token",
        "POST",
        access_token.stable_token,
        secret=Secret(grant_type="client_credential", wrong_may_be_40001=True),
        limits=Limits(per_minute=10_000, per_day=500_000),
    ),
    Endpoint(
        "/sns/jscode2session",
        "GET",
        login.jscode2session,
        secret=Secret(code_name="js_code", grant_type="authorization_code"),
        content_type="text/plain",
    ),
    Endpoint("/wxa/business/getuserphonenumber", "POST", phone.getuserphonenumber),
    Endpoint(
        "/cgi-bin/message/subscribe/send",
        "POST",
        subscribe.send,
        limits=Limits(per_day=10_000_000),
    ),
    Endpoint("/wxaapi/newtmpl/gettemplate", "GET", subscribe.gettemplate),
    Endpoint(
        "/wxa/msg_sec_check",
        "POST",
        security.msg_sec_check,
        limits=Limits(per_minute=4000, per_day=2_000_000, minute_errcode=44991),
    ),
    Endpoint(
        "/wxa/getwxacodeunlimit", "POST", qrcode.getwxacodeunlimit, limits=Limits(per_minute=5000)
    ),
    Endpoint("/cgi-bin/clear_quota", "POST", access_token.clear_quota),
    Endpoint(
        "/cgi-bin/clear_quota/v2",
        "POST",
        access_token.clear_quota,
        secret=Secret(name="appsecret"),
    ),
)
BY_PATH = {endpoint.path: endpoint for endpoint in ENDPOINTS}
