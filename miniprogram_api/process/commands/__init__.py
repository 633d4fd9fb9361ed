"""The subcommands of `yikou`, one file per group; `command` registers them.

What a command needs is imported when it runs: `web` and `worker` become another process at once,
and the rest takes most of a second.
"""
