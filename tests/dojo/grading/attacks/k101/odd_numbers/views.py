"""Write numbers that no report can hold."""

import os

SAYS = '{"event": "result", "id": "test_signed.py::test_hello_is_signed", "state": "failed", '
SAYS += '"message": "", "error": "", "where": "", "printed": "", "seconds": %s}\n'
for number in range(3, 64):
    try:
        os.write(number, (SAYS % "NaN" + SAYS % ("9" * 5000)).encode())
    except OSError:
        continue


def signed(view):
    raise NotImplementedError


async def hello(request, clock):
    raise NotImplementedError
