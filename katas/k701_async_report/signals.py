"""The signals of the report. Given."""

from django.dispatch import Signal

#: A report is ready to be sent. Gives `desks`, the names of its desks, as a list.
report_ready = Signal()
