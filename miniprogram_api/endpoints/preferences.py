"""Which messages the resident wants over WeChat and other channels."""

from backend.http.answers import Answer
from backend.http.call import Call, NoQuery, Nothing
from backend.http.guard import Guard
from backend.http.routes import Routes
from backend.http.views.preferences import Preferences, SetPreferences, preferences_view
from backend.messages import preferences
from backend.messages.refusals import KindNotMutable, PreferenceUnknown

routes = Routes(
    "resident_preferences",
    prefix="/api/v1/me/preferences",
    guard=Guard.RESIDENT,
    unrecorded="a resident's own",
)


@routes.get("")
async def get_preferences(call: Call[Nothing, NoQuery]) -> Answer[Preferences]:
    """Show which messages I want over which channels."""
    muted = await preferences.of_resident((await call.resident()).id)
    return Answer(preferences_view(muted, residents=True))


@routes.put("", body=SetPreferences, errors=(KindNotMutable, PreferenceUnknown))
async def set_preferences(call: Call[SetPreferences, NoQuery]) -> Answer[Preferences]:
    """Say which messages I do not want over which channels."""
    by = await call.resident()
    muted = await preferences.choose_by_resident(
        call.body.chosen(), resident_id=by.id, now=call.now
    )
    return Answer(preferences_view(muted, residents=True))
