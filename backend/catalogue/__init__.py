"""The catalogue: service items, their versions, forms and search."""
