"""What we refuse about papers."""

from backend.errors import Conflict, Forbidden, NotFound, TryLater


class PaperNotDue(Conflict):
    """办件还没有办到这一步，不能出具该文书

    办件还没有办到出具该文书的一步，或该办理方式没有这种文书。能出具的见 available。
    """


class PaperNotFound(NotFound):
    """没有找到这份文书

    没有这份文书。
    """


class PaperCodeUnknown(NotFound):
    """没有查到这份文书，请核对核验码；如确认无误，请向出具单位核实

    没有这个核验码的文书。detail 说明是否输错了字。
    """


class PaperRevoked(Conflict):
    """该文书已经撤销"""


class PaperReissueForbidden(Forbidden):
    """该文书已经撤销，只能由出具单位重新出具；需要新的文书，请联系出具单位

    同一环节的文书撤销后，申请人和其他单位不能再取得新的一份，available 中也没有。
    出具单位重新出具后，可以照常取得。
    """


class PapersBusy(TryLater):
    """正在生成的文书过多，请稍后再试

    等待生成的文书过多，或文书未能及时生成。请按 Retry-After 重试。
    """

    retry_after = 5
