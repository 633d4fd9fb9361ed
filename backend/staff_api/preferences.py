"""Which messages a member of staff wants over which channels."""

from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes
from backend.http.views.preferences import Preferences, SetPreferences, preferences_view
from backend.messages import preferences
from backend.messages.refusals import KindNotMutable, PreferenceUnknown

routes = Routes(
    "staff_preferences",
    prefix="/api/v1/staff/me/preferences",
    guard=Guard.STAFF,
    unrecorded="one's own choice, which names nobody",
)


@routes.get("")
async def get_staff_preferences(call: Call[Nothing, NoQuery]) -> Answer[Preferences]:
    """Show which messages I want over which channels."""
    muted = await preferences.of_staff((await call.staff()).id)
    return Answer(preferences_view(muted, residents=False))


@routes.put("", body=SetPreferences, errors=(KindNotMutable, PreferenceUnknown))
async def set_staff_preferences(call: Call[SetPreferences, NoQuery]) -> Answer[Preferences]:
    """Say which messages I do not want over which channels."""
    by = await call.staff()
    muted = await preferences.choose_by_staff(call.body.chosen(), staff_id=by.id, now=call.now)
    return Answer(preferences_view(muted, residents=False))
