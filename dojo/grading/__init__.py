"""Grade submissions: pristine suites on a submission's own files, behind the walls of a sandbox.

A submission is taken in (`intake`), unpacked (`unpack`), and judged kata by kata (`judge`) in a
sandbox (`sandbox`) on files that come from this copy of the project alone (`kit`); `batch` does so
for many, notes each mark in a journal (`journal`), and hands a `Gradebook` (`model`) to the reports.
"""
