"""What we refuse of who wants to listen."""

from backend.errors import Malformed, TooMany, TryLater


class ListensTooOften(TooMany):
    """同时打开的页面过多，请关闭一些后再试

    本人在同一进程上已有多个实时事件流。请关闭不用的页面。
    """


class ListeningEnds(TryLater):
    """系统正在重启，请稍后重新连接

    该进程即将结束。请按 Retry-After 重新连接，带上 Last-Event-ID。
    """


class LastEventUnknown(Malformed):
    """Last-Event-ID 请求头无效

    Last-Event-ID 须为上次收到的事件编号；没有则不带。
    """
