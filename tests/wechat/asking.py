"""Two calls to WeChat, as we make them: a message sent, a login code exchanged."""

from wechat import operations

SEND = "/cgi-bin/message/subscribe/send"
LOGIN = "/sns/jscode2session"
CODE = "0a1LoginCode"
OPENID = "oOPENIDofSomebody"
SENT = {"errcode": 0, "errmsg": "ok", "msgid": 2589480923856076802}


async def send() -> object:
    return await operations.send_subscribe_message(OPENID, "TEMPLATE", {"thing1": "居住证明"})


async def log_in() -> object:
    return await operations.code_to_session(CODE)
