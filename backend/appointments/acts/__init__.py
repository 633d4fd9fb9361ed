"""What people do about an appointment: book it, change it, give it back; an office closes."""
