"""Django's `MiddlewareMixin` for flags and mark, without the hooks that would cost a thread."""

import logging
import time

from django.utils.deprecation import MiddlewareMixin

logger = logging.getLogger("newsroom.timing")


class Timing(MiddlewareMixin):
    def __call__(self, request):
        if self.async_mode:
            return self.__acall__(request)
        end = self.begin(request)
        try:
            response = self.get_response(request)
        except BaseException as error:
            end(type(error).__name__)
            raise
        response.headers["X-Duration-Ms"] = end(response.status_code)
        return response

    async def __acall__(self, request):
        end = self.begin(request)
        try:
            response = await self.get_response(request)
        except BaseException as error:
            end(type(error).__name__)
            raise
        response.headers["X-Duration-Ms"] = end(response.status_code)
        return response

    def begin(self, request):
        started = time.monotonic()

        def end(outcome):
            duration = format((time.monotonic() - started) * 1000, ".2f")
            logger.info("%s %s %s %s ms", request.method, request.path, outcome, duration)
            return duration

        return end


timing_middleware = Timing
