"""What both APIs share: routes, guards, bodies, pages, keys, problems, limits, OpenAPI."""
