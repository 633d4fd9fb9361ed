"""Whether what is stored agrees with itself: named checks that only read."""
