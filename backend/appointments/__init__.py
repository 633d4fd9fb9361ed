"""Appointments 预约: offices, their slots, and the bookings residents make."""
