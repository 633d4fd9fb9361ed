"""What must be right before the first request, found out by the process that the operator sees.

Found by a worker of Sanic's, it would be a traceback.
"""

from backend.files import store
from notifications.templates import templates


def check() -> None:
    """Open the file store and read the templates; raises SettingsError, or OSError for a file."""
    store.current()
    templates()
