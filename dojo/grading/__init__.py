"""Grade submissions: pristine suites on a submission's own files, behind the walls of a sandbox.

A submission is taken in (`intake`, `unpack`) and judged kata by kata (`judge`): in the process of
its own code (`whitebox`) and from outside it (`outside`), both in a sandbox (`sandbox`), with files
that come from this copy of the project alone (`kit`). `batch` does so for many and notes each mark
in a journal (`journal`); the reports are written from the `Gradebook` (`model`) that comes out.
"""
