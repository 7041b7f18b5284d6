"""The learner's own site under a real server, for ``dojo serve``.

The command starts `server`, which starts a child process again on every save; the child serves what
`application` loads, on the settings in `settings` and the rows that `database` makes.
"""
