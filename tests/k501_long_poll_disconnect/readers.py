"""Readers, and what came back to them."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

from dojo.instruments.asgi import Conversation
from katas.k501_long_poll_disconnect.board import Result

CANCELLED = "CancelledError came out of the view"


@dataclass(frozen=True)
class Over:
    """How the view was left, and how many places were taken at that moment."""

    how: str
    taken: int
    error: BaseException | None = None


@dataclass(frozen=True)
class Reader:
    """A request that is under way, or was."""

    conversation: Conversation = field(repr=False)
    call: str
    number: int
    #: How the view was left, by the number of the reader.
    overs: dict[int, Over] = field(repr=False)

    @property
    def statuses(self) -> list[int]:
        """The status of each answer of which anything has been sent: one, or none."""
        return [message["status"] for message in self.conversation.sent if "status" in message]

    @property
    def answer(self) -> tuple[int, object] | None:
        """Status and content that have been sent, in full; None as long as they have not."""
        sent = self.conversation.sent
        if not sent or sent[-1].get("more_body", True):
            return None
        body = b"".join(message.get("body", b"") for message in sent).decode()
        return sent[0]["status"], json.loads(body) if self._is_json else body

    @property
    def status(self) -> int | None:
        """The status of the answer; None as long as it has not been sent."""
        return None if self.answer is None else self.answer[0]

    @property
    def over(self) -> Over | None:
        """How the view was left; None as long as it runs."""
        return self.overs.get(self.number)

    def __str__(self) -> str:
        """Say what came back, and why, for messages."""
        if self.answer is None:
            state = "no answer"
        else:
            status, content = self.answer
            state = f"answered {status}" + (f" with {content!r}" if status < 500 else "")
            if status == 200 and not self._is_json:
                state += f", which is text, Content-Type {self._content_type!r}"
        over = self.over
        return state + (f" ({over.how})" if over and "raised" in over.how else "")

    def check_told(self, result: Result, *, when: str, besides: str = "") -> None:
        """Fail if the reader has not got *result* by now."""
        __tracebackhide__ = True
        assert self.answer == (200, asdict(result)), (
            f"{self.call}, {when}: {self}; expected 200 with {asdict(result)}, as JSON.{besides}"
        )

    @property
    def _content_type(self) -> str:
        headers: dict[bytes, bytes] = dict(self.conversation.sent[0]["headers"])
        return headers.get(b"Content-Type", b"").decode()

    @property
    def _is_json(self) -> bool:
        return self._content_type.startswith("application/json")


def told(response: Any) -> str:
    """Say what a view has returned."""
    status = getattr(response, "status_code", None)
    return repr(response) if status is None else f"an answer, {status}"
