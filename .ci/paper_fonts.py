"""Make the fonts of papers: the common characters of Noto Sans CJK, with outlines quick to embed.

For maintainers, with uv, and only for a new layout: papers keep their bytes as long as their font
does. Noto Sans CJK 2.004 is in Debian's package fonts-noto-cjk:

    uv run --no-project --with fonttools==4.68.0 .ci/paper_fonts.py /usr/share/fonts/opentype/noto
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "backend" / "papers" / "fonts"
FAMILY = "Yikou Sans SC"
SIMPLIFIED = 2  # the place of the simplified Chinese face in the collection
ERROR = 2.5  # of an outline, in thousandths of the character's height
QUADRATIC = 0x00010000


def common() -> set[int]:
    """GB 2312, the Latin letters of names, and whatever our own data files say."""
    known = set(map(ord, "·〓")) | set(range(0x20, 0x7F)) | set(range(0xA0, 0x180))
    for row in range(0xA1, 0xF8):
        both = b"".join(bytes([row, cell]) for cell in range(0xA1, 0xFF))
        known.update(map(ord, both.decode("gb2312", errors="ignore")))
    for kind in ("*.yaml", "*.csv", "*.typ"):
        for path in (ROOT / "config" / "data").rglob(kind):
            known.update(map(ord, path.read_text(encoding="utf-8")))
    return known


def main(folder: Path) -> None:
    """Write a font for each weight that the layouts have."""
    characters = common()
    for weight in ("Regular", "Bold"):
        font = TTFont(folder / f"NotoSansCJK-{weight}.ttc", fontNumber=SIMPLIFIED, lazy=True)
        reduce(font, characters)
        straighten(font)
        rename(font, weight)
        font.save(FONTS / f"{weight.lower()}.ttf")


def reduce(font: TTFont, characters: set[int]) -> None:
    """Keep these characters, and nothing for vertical writing or small screens."""
    options = subset.Options(
        layout_features=[],
        hinting=False,
        desubroutinize=True,
        notdef_outline=True,
        name_IDs=["*"],
        recalc_timestamp=False,
    )
    options.drop_tables += ["VORG", "vhea", "vmtx", "BASE", "DSIG"]
    maker = subset.Subsetter(options)
    maker.populate(unicodes=characters)
    maker.subset(font)


def straighten(font: TTFont) -> None:
    """Outlines of TrueType: each can be found and copied without reading the others."""
    shapes, order, glyphs = font.getGlyphSet(), font.getGlyphOrder(), {}
    for name in order:
        pen = TTGlyphPen(shapes)
        shapes[name].draw(Cu2QuPen(pen, ERROR, reverse_direction=True))
        glyphs[name] = pen.glyph()
    del font["CFF "]
    font["loca"], font["glyf"] = newTable("loca"), newTable("glyf")
    font["glyf"].glyphOrder, font["glyf"].glyphs = order, glyphs
    font["glyf"].compile(font)
    for name, glyph in glyphs.items():
        font["hmtx"][name] = (font["hmtx"][name][0], getattr(glyph, "xMin", 0))
    limits = font["maxp"]
    limits.tableVersion, limits.maxZones = QUADRATIC, 1
    for rest in ("TwilightPoints", "Storage", "FunctionDefs", "InstructionDefs", "StackElements"):
        setattr(limits, f"max{rest}", 0)
    limits.maxSizeOfInstructions = limits.maxComponentElements = 0
    font["post"].formatType, font.sfntVersion = 3.0, "\x00\x01\x00\x00"


def rename(font: TTFont, weight: str) -> None:
    """A name of its own, so that layouts can name it before the whole font."""
    names = font["name"]
    names.names = [each for each in names.names if each.nameID in {0, 5, 7, 13, 14}]
    said = {1: FAMILY, 2: weight, 3: f"{FAMILY} {weight} 1", 4: f"{FAMILY} {weight}"}
    said[6] = f"{FAMILY.replace(' ', '')}-{weight}"
    for number, text in said.items():
        names.setName(text, number, 3, 1, 0x409)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
