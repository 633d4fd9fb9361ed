"""What all pages about the API have round them."""

from pathlib import Path
from string import Template

FOLDER = Path(__file__).with_name("pages")


def page(name: str, *, title: str, **given: str) -> bytes:
    """The page of this name with the `given` HTML in its places."""
    inner = _template(name).substitute(given)
    return _template("frame").substitute(title=title, body=inner).encode()


def _template(name: str) -> Template:
    return Template((FOLDER / f"{name}.html").read_text(encoding="utf-8").strip())
