"""Keep mails in this process, for tests that look at what left."""

from collections.abc import Iterator

from campaigns.transports.contract import Answer, Envelope, Outcome, Record


class MemoryTransport:
    """Accepts everything into `sent`."""

    is_network = False

    def __init__(self) -> None:
        self.sent: list[Envelope] = []

    def hand_over(self, envelopes: Iterator[Envelope], record: Record) -> None:
        """Record and keep each mail; see `contract.Transport`."""
        for envelope in envelopes:
            if envelope.delivery_id in record.step([], [envelope.delivery_id]):
                self.sent.append(envelope)
                record.step([Outcome(delivery_id=envelope.delivery_id, answer=Answer.ACCEPTED, code="250")], [])

    def close(self) -> None:
        """Nothing is kept open."""
