"""What a seat may be refused for, whoever asks: by phone, for somebody, or at a window."""

from backend.appointments.rules.refusals import (
    AlreadyBooked,
    AppointmentNotFound,
    BookingOverlaps,
    FormNotAsked,
    ItemNotBookable,
    ItemNotOfCase,
    ItemNotServed,
    OfficeClosed,
    SlotFull,
    SlotNotFound,
    SlotPast,
    TooManyBookings,
)
from backend.cases.rules.refusals import CaseNotFound
from backend.catalogue.refusals import ConditionUnmet, FormInvalid, ItemUnknown
from backend.identity.refusals import AssuranceTooLow
from backend.refusals import ActionNotAllowed

_SEAT = (
    SlotNotFound,
    SlotFull,
    SlotPast,
    OfficeClosed,
    AlreadyBooked,
    BookingOverlaps,
    ItemNotServed,
    ConditionUnmet,
)
BOOK = (
    *_SEAT,
    TooManyBookings,
    AssuranceTooLow,
    CaseNotFound,
    ItemNotBookable,
    ItemNotOfCase,
    FormNotAsked,
    FormInvalid,
)
MOVE = (AppointmentNotFound, *_SEAT, ActionNotAllowed, ItemUnknown)
CANCEL = (AppointmentNotFound, ActionNotAllowed, SlotPast)
