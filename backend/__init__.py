"""The domain operations, and the HTTP both APIs share."""
