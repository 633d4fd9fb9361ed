"""What must be right before the first request, found out by the process that the operator sees.

Found by a worker of Sanic's, it would be a traceback.
"""

from backend import vault
from backend.files import store
from notifications.templates import templates


def check() -> None:
    """Read keys, file store and templates; raises SettingsError, or OSError for a file."""
    vault.check()
    store.current()
    templates()
