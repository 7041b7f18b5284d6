"""A subclass of MiddlewareMixin whose calls of both kinds are written anew."""

import logging
import re
from contextvars import ContextVar
from uuid import uuid4

from django.utils.deprecation import MiddlewareMixin

request_id = ContextVar("request_id", default=None)
valid = re.compile(r"^[\w-]{1,64}\Z", re.ASCII).match


def current_id():
    return request_id.get()


class RequestIdFilter(logging.Filter):
    def filter(self, record):
        record.request_id = current_id() or self.left_on(getattr(record, "request", None)) or "-"
        return True

    def left_on(self, request):
        meta = getattr(request, "META", None)
        header = meta.get("HTTP_X_REQUEST_ID", "") if isinstance(meta, dict) else ""
        return header if valid(header) else None


class request_id_middleware(MiddlewareMixin):
    def __call__(self, request):
        if self.async_mode:
            return self.__acall__(request)
        token = self.begin(request)
        try:
            response = self.get_response(request)
            response.headers["x-request-id"] = current_id()
            return response
        finally:
            request_id.reset(token)

    async def __acall__(self, request):
        token = self.begin(request)
        try:
            response = await self.get_response(request)
            response.headers["x-request-id"] = current_id()
            return response
        finally:
            request_id.reset(token)

    def begin(self, request):
        if not valid(request.META.get("HTTP_X_REQUEST_ID", "")):
            request.META["HTTP_X_REQUEST_ID"] = str(uuid4())
        return request_id.set(request.META["HTTP_X_REQUEST_ID"])
