"""PDFs written anew: what is to be read stays, what would act or hide something goes."""

import zlib
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from backend.files.refusals import FileTypeRefused, PdfEncrypted

# Of the document's catalogue (ISO 32000-2, 7.7.2), what says how it is shown.
_KEPT = {
    *("/Type", "/Version", "/Pages", "/PageLabels", "/Names", "/Dests", "/ViewerPreferences"),
    *("/PageLayout", "/PageMode", "/Outlines", "/AcroForm", "/StructTreeRoot", "/MarkInfo"),
    *("/Lang", "/OCProperties"),
}
# Of any dictionary: scripts, attached files, other forms of the content, and what tells of people.
_REMOVED = (
    *("/OpenAction", "/AA", "/JS", "/JavaScript", "/XFA", "/EmbeddedFiles", "/EF", "/AF"),
    *("/RichMediaContent", "/RichMediaSettings", "/3DD", "/Metadata", "/PieceInfo"),
)
# Annotations that hold or play something else than the page.
_PLAYERS = frozenset({"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/FileAttachment"})
# Of actions, only going to another page of the same document stays (12.6.4).
_ACTIONS = {
    *("/JavaScript", "/Launch", "/URI", "/GoToR", "/GoToE", "/GoToDp", "/Thread", "/Sound"),
    *("/Movie", "/Hide", "/Named", "/SubmitForm", "/ResetForm", "/ImportData", "/SetOCGState"),
    *("/Rendition", "/Trans", "/GoTo3DView", "/RichMediaExecute"),
}
_DEPTH = 100
# A file of the greatest size has some ten thousands.
_OBJECTS = 100_000
_UNFOLDED_BYTES = 100 * 1024 * 1024
_PIECE = 1024 * 1024
_FLATE = {"/FlateDecode", "/Fl"}
_UNFOLDING = _FLATE | {"/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"}
# These make less of what they are given, but four times as much of zeros.
_ASCII = {"/ASCII85Decode", "/A85", "/ASCIIHexDecode", "/AHx"}


def written_anew(content: bytes) -> bytes:
    """The PDF without scripts, actions, attachments and metadata; the same bytes give the same.

    FileTypeRefused if it is broken, PdfEncrypted: then nobody can say what it holds.
    """
    if content.count(b" obj") > _OBJECTS:
        raise _broken()
    try:
        with Pdf.open(BytesIO(content)) as pdf:
            if pdf.is_encrypted:
                raise PdfEncrypted
            if not len(pdf.pages):
                raise _broken()
            counted = _check_unfolding(pdf)
            _clear(pdf)
            cleaned = BytesIO()
            pdf.save(
                cleaned,
                deterministic_id=True,
                fix_metadata_version=False,
                # saving unpacks what is packed in other ways, which may cost gigabytes
                compress_streams=counted,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
                object_stream_mode=pikepdf.ObjectStreamMode.generate,
            )
    except pikepdf.PasswordError:
        raise PdfEncrypted from None
    # What the library raises for a file that it can open but not make sense of.
    except (pikepdf.PdfError, RuntimeError, ValueError, TypeError, LookupError, OSError) as error:
        raise _broken() from error
    return cleaned.getvalue()


def _check_unfolding(pdf: Pdf) -> bool:
    """Whether all that unpacks was counted; else it must be saved as it is.

    FileTypeRefused for what is packed twice, or unpacks to more than a file may hold.
    """
    left, counted = _UNFOLDED_BYTES, True
    for each in pdf.objects:
        if isinstance(each, Stream) and (filters := _filters(each)):
            if _packed_again(filters):
                raise _broken()
            if filters[0] in _FLATE:
                left = _unfolded(each.read_raw_bytes(), left)
            elif _UNFOLDING.intersection(filters):
                counted = False
    return counted


def _packed_again(filters: list[str]) -> bool:
    """Whether what unpacks gives something that unpacks once more, and nobody has counted."""
    first = next((at for at, name in enumerate(filters) if name in _UNFOLDING), len(filters))
    return not (_UNFOLDING | _ASCII).isdisjoint(filters[first + 1 :])


def _filters(stream: Any) -> list[str]:
    given = stream.get("/Filter")
    if given is None:
        return []
    return [str(each) for each in given] if isinstance(given, Array) else [str(given)]


def _unfolded(packed: bytes, left: int) -> int:
    """What is left of the bytes that may be unpacked; nothing unpacked is kept."""
    unpacking = zlib.decompressobj()
    try:
        while packed and not unpacking.eof:
            left -= len(unpacking.decompress(packed, _PIECE))
            packed = unpacking.unconsumed_tail
            if left < 0:
                raise _broken()
    except zlib.error:
        return left  # readers show such content as far as it goes
    return left


def _clear(pdf: Pdf) -> None:
    root: Any = pdf.Root
    _keep(root, _KEPT)
    if isinstance(names := root.get("/Names"), Dictionary):
        _keep(names, {"/Dests"})
    _keep(pdf.trailer, {"/Root", "/ID", "/Size"})
    for page in pdf.pages:
        shown = page.obj.get("/Annots")
        if isinstance(shown, Array):
            page.obj["/Annots"] = Array([each for each in shown if not _plays(each)])
    for each in pdf.objects:
        _clear_one(each, _DEPTH)


def _keep(dictionary: Any, keys: set[str]) -> None:
    for key in [key for key in dictionary if key not in keys]:
        del dictionary[key]


def _plays(annotation: Any) -> bool:
    return not isinstance(annotation, Dictionary) or str(annotation.get("/Subtype", "")) in _PLAYERS


def _clear_one(value: Any, depth: int) -> None:
    """Clear a dictionary, and what stands in it directly: what it refers to comes by itself."""
    if depth == 0:
        raise _broken()
    inner: list[Any] = []
    if isinstance(value, Array):
        inner = list(value)
    elif _has_keys(value):
        for key in _gone(value):
            del value[key]
        inner = [value[key] for key in value]
    for each in inner:
        if isinstance(each, Array | Dictionary) and not each.is_indirect:
            _clear_one(each, depth - 1)


def _has_keys(value: Any) -> bool:
    return isinstance(value, Dictionary | Stream)


def _gone(dictionary: Any) -> list[str]:
    """The keys that must go: all of an action that does more than turn pages."""
    acts = dictionary.get("/S")
    if isinstance(acts, Name) and str(acts) in _ACTIONS:
        return list(dictionary)
    # a stream's /F is a file elsewhere that holds its content
    elsewhere = {"/F"} if isinstance(dictionary, Stream) else set()
    return [key for key in dictionary if key in _REMOVED or key in elsewhere]


def _broken() -> FileTypeRefused:
    return FileTypeRefused("PDF 文件已损坏，请重新导出后再上传")
