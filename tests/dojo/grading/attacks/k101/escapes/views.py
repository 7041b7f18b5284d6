"""Put escapes, markup and formulas into everything that is shown."""

SAYS = (
    "\x1b]0;owned\x07\x1b[2J\x1b[31m=cmd|' /C calc'!A0\r\n<script>alert(1)</script>\u202e\ud800\x00"
)
print(SAYS)


def signed(view):
    raise ValueError(SAYS)


async def hello(request, clock):
    print(SAYS)
    raise type(f"<b>{SAYS.encode(errors='replace')}</b>", (Exception,), {})(SAYS)
