"""Where somebody stands, as a query says it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from backend.http.body import Query
from config.complaints import lacking


class Where(Query):
    """Degrees north and east (GCJ-02, as wx.getLocation gives them)."""

    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)] | None = None
    lng: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def whole_place(self) -> Self:
        """Both coordinates or none."""
        if self.lat is None and self.lng is not None:
            raise lacking("lat", beside="lng")
        if self.lng is None and self.lat is not None:
            raise lacking("lng", beside="lat")
        return self

    @property
    def near(self) -> tuple[float, float] | None:
        """The place, if one was given."""
        return None if self.lat is None or self.lng is None else (self.lat, self.lng)
