"""What we refuse about files."""

from backend.errors import (
    Conflict,
    Invalid,
    InvalidParam,
    NotFound,
    TooLarge,
    TryLater,
    UnsupportedType,
)


class FileMissing(Invalid):
    """请在 file 字段中上传一个文件

    没有随表单上传文件，栏目名应为 file。
    """

    def __init__(self) -> None:
        super().__init__(invalid_params=[InvalidParam("file", "missing", self.sentence)])


class FileTooLarge(TooLarge):
    """文件不能超过 10 MB

    文件超过 10 MB。请压缩后再传。
    """


class ImageTooLarge(TooLarge):
    """图片不能超过 2500 万像素

    图片像素超过 2500 万（WebP 超过 1250 万），或长、宽超过 32767。请缩小后再传。
    """


class FileTypeRefused(UnsupportedType):
    """只接受 JPG、PNG、WebP 图片和 PDF 文件

    只接受 JPG、PNG、WebP 图片和 PDF 文件，按文件内容判断；损坏的图片也会被拒收。
    """


class PdfEncrypted(UnsupportedType):
    """PDF 文件设有密码或权限限制，请去掉后再上传

    PDF 设有密码或权限限制。请去掉后再传。
    """


class FileQuotaExceeded(Conflict):
    """您上传的文件总量已达上限，未用于办件的文件会在几天后自动清理，请稍后再传

    居民上传的文件总量，或工作人员待收件的文件总量已达上限。未用于办件的文件过几天自动清理。
    """


class UploadsBusy(TryLater):
    """正在上传的文件过多，请稍后再试

    等待处理的文件过多，或文件未能及时处理完。
    同一人的文件逐个处理，请等前面的上传完成，再按 Retry-After 重传。
    """


class FilesUnavailable(TryLater):
    """文件服务暂时不可用，请稍后再试

    文件服务暂时不可用。请稍后再试。
    """

    retry_after = 5


class FileNotFound(NotFound):
    """没有找到该文件

    没有这个文件，或无权查看。
    """


class FileLinkExpired(NotFound):
    """链接已失效，请重新打开

    文件链接已失效。请重新读取文件，取得新的链接。
    """


class FileLost(NotFound):
    """文件内容已丢失，请重新上传

    文件内容已丢失。请本人重新上传同一个文件，文件编号不变；工作人员可请其补正。
    """


class FileUnknown(Invalid):
    """有材料文件不存在，请重新上传

    没有这个文件，或不是本人上传的。请先上传，再用回答中的 id。
    """

    def __init__(self) -> None:
        wrong = InvalidParam("materials", self.code, "文件不存在或不属于您")
        super().__init__(invalid_params=[wrong])
