"""The OpenAPI 3.1 document: made from the declared routes, their models and the Chinese words."""

from backend.http.openapi.document import document
from backend.http.openapi.refusals import Problem

__all__ = ["Problem", "document"]
