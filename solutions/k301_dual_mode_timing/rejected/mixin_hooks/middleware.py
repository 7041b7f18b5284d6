"""The two hooks of `MiddlewareMixin`: in async mode each of them is a hop to a thread."""

import logging
import time

from django.utils.deprecation import MiddlewareMixin

logger = logging.getLogger("newsroom.timing")


class Timing(MiddlewareMixin):
    def process_request(self, request):
        request.started = time.perf_counter()

    def process_response(self, request, response):
        duration = f"{(time.perf_counter() - request.started) * 1000:.2f}"
        status = response.status_code
        logger.info("%s %s %s %s ms", request.method, request.path, status, duration)
        response["X-Duration-Ms"] = duration
        return response


timing_middleware = Timing
