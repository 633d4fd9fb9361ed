"""Cases 办件: their lifecycle, clock, operations and reads."""
