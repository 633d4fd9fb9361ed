from datetime import UTC, datetime, timedelta

import pytest

from backend.appointments import lifecycle
from models import AppointmentStatus

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.mark.parametrize("status", list(AppointmentStatus))
def test_only_a_booked_appointment_that_lies_ahead_can_be_changed(
    status: AppointmentStatus,
) -> None:
    ahead = lifecycle.actions(status, starts_at=NOW + timedelta(seconds=1), now=NOW)
    begun = lifecycle.actions(status, starts_at=NOW, now=NOW)

    booked = status is AppointmentStatus.BOOKED
    assert ahead == (["cancel", "reschedule"] if booked else [])
    assert begun == []
