"""Start what runs: everything on this machine, the API, the sender."""


def run() -> None:
    """在本机启动全部服务，直至 Ctrl-C。 Start everything on this machine, until Ctrl-C."""
    from miniprogram_api.process import launcher

    launcher.run()


def web() -> None:
    """启动网页服务，须有数据库。 Serve the API; the database must run."""
    from miniprogram_api.process import web

    web.main()


def worker() -> None:
    """启动后台进程：发消息、定时任务。 Send due messages, run periodic jobs."""
    from miniprogram_api.process import worker

    worker.main()
