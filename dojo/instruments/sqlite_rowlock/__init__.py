"""A Django database backend: SQLite on which ``select_for_update()`` means something.

Set ``ENGINE`` to ``dojo.instruments.sqlite_rowlock``, on a file. For suites on locks that have to
tell right from wrong without a PostgreSQL. Plain SQLite fails the right solution ("database is
locked"), and with ``transaction_mode: IMMEDIATE`` it passes a transaction that locks nothing.

What it does as PostgreSQL at its default level, READ COMMITTED:

* ``select_for_update()`` outside a transaction is a TransactionManagementError, and inside one it
  waits until every other transaction that has locked or written is over;
* so does a write; a plain read never waits, and sees what has been committed by then.

What it does not: there is one lock for the whole database instead of one a row, and it holds
between the threads of one process alone.
"""
