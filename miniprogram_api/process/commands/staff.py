"""Look after the members of staff."""

from functools import partial
from typing import Annotated

import typer

from miniprogram_api.process.commands.telling import tell

app = typer.Typer(help="管理工作人员。 Look after the members of staff.", no_args_is_help=True)

Who = Annotated[
    str, typer.Argument(help="姓名，重名时用编号。 The name, or the id where names are alike.")
]


@app.command("list")
def list_staff() -> None:
    """列出工作人员及岗位。 List everybody with id, state and posts."""
    from miniprogram_api.process import staffing

    tell(staffing.shown)


@app.command()
def invite(
    name: Annotated[str, typer.Argument(help="姓名。 The name of the new member of staff.")],
    posts: Annotated[list[str], typer.Argument(help="岗位 unit:role, such as 210102001001:clerk.")],
    *,
    another: Annotated[
        bool, typer.Option(help="同名的另一人。 A second person of a known name.")
    ] = False,
) -> None:
    """新增工作人员并显示邀请码。 Make a member of staff; show, once, the code to bind WeChat."""
    from miniprogram_api.process import staffing

    tell(partial(staffing.invite, name, posts, another=another))


@app.command("re-invite")
def invite_again(who: Who) -> None:
    """重发邀请码。 Show a new code for somebody whose code or WeChat account was lost."""
    from miniprogram_api.process import staffing

    tell(partial(staffing.invite_again, who))


@app.command()
def disable(who: Who) -> None:
    """停用账号，放回已领取的任务。 Let somebody in no more, give back what they had claimed."""
    from miniprogram_api.process import staffing

    tell(partial(staffing.disable, who))


@app.command()
def enable(who: Who) -> None:
    """重新启用账号。 Let somebody who was disabled in again."""
    from miniprogram_api.process import staffing

    tell(partial(staffing.enable, who))


@app.command("reset-factor")
def reset_factor(who: Who) -> None:
    """重置动态验证码，结束其登录。 Take the second factor away from somebody who lost it."""
    from miniprogram_api.process import staffing

    tell(partial(staffing.reset_factor, who))


@app.command()
def end(
    who: Who,
    post: Annotated[
        str | None, typer.Option(help="只结束这个岗位。 Only this post, written unit:role.")
    ] = None,
) -> None:
    """离任，或结束一个岗位。 Let somebody go for good, or end one of their posts."""
    from miniprogram_api.process import staffing

    tell(partial(staffing.end, who, post))
