"""The instruments as one pytest plugin: each module listed here brings its own fixtures and hooks."""

pytest_plugins: list[str] = [
    # A module stands above those that import it: pytest rewrites the asserts of what it imports.
    "dojo.instruments.findings",
    "dojo.instruments.measured",
    # As early as can be, because it patches time and threads: whatever is imported later sees the patches.
    "dojo.instruments.clock",
    "dojo.instruments.tasks",
    "dojo.instruments.threads",
    "dojo.instruments.loop_guard",
    "dojo.instruments.loop_audit",
    "dojo.instruments.cpu_stretch",
    "dojo.instruments.hops",
    "dojo.instruments.orm_guard",
    "dojo.instruments.connections",
    "dojo.instruments.isolation",
    "dojo.instruments.databases",
    "dojo.instruments.gates",
    "dojo.instruments.adaptations",
    "dojo.instruments.asgi",
    "dojo.instruments.server",
    "dojo.instruments.timeline",
    "dojo.instruments.service",
    "dojo.instruments.aftermath",
    # Last, so that its hooks are the outermost: the limit covers what the checks do, too.
    "dojo.instruments.hangs",
    "dojo.instruments.loop_close",
]
