"""An appointment as one record, with the slot and office it is for."""
