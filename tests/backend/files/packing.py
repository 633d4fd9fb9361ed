"""PDFs whose page is packed in whatever ways."""

from io import BytesIO

import pikepdf

from tests.backend.files.pictures import a_pdf


def packed_pdf(content: bytes, filters: list[str]) -> bytes:
    """A PDF whose page is drawn by `content`, which says of itself that it is packed so."""
    with pikepdf.open(BytesIO(a_pdf())) as pdf:
        names = pikepdf.Array([pikepdf.Name(each) for each in filters])
        pdf.pages[0].obj.Contents = pikepdf.Stream(pdf, content, Filter=names)
        saved = BytesIO()
        pdf.save(saved, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return saved.getvalue()
