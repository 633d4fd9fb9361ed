"""The OpenAPI 3.1 document: made from the declared routes, their shapes and the Chinese words."""

from backend.http.openapi.document import document

__all__ = ["document"]
