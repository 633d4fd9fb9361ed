"""Where and when one may come: offices, their hours, and the slots made of them."""
