"""Absences 请假: who is away from when to when, and which colleague acts for them meanwhile."""
