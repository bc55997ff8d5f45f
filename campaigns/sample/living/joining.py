"""People come and agree; some leave, rest, or turn out to be somebody else."""

from collections.abc import Sequence
from datetime import timedelta

from campaigns.sample import letters
from campaigns.sample.living.world import World
from campaigns.sample.model.readers import Reader
from subscribers import addresses, consent
from subscribers.models import Frequency, Purpose, Subscriber, Suppression
from subscribers.signup import welcoming

ZONES = {"it": "Europe/Rome", "en": "Europe/London"}
FORM, HOME = letters.SOURCES[letters.LETTER], letters.SOURCES[letters.NOTEBOOK]
REST = timedelta(days=120)


def join(world: World, readers: Sequence[Reader]) -> None:
    """Enter these readers with their consents and topics."""
    rows = Subscriber.objects.bulk_create([_row(reader) for reader in readers])
    tracking = Purpose.objects.get(key="tracking")
    agreements = []
    for reader, row in zip(readers, rows, strict=True):
        world.people[reader.number] = row
        world.numbers[row.pk] = reader.number
        for purpose in [world.purposes[key] for key in reader.newsletters] + [tracking] * reader.is_tracked:
            origin = consent.Origin(_source(purpose), reader.language)
            agreements.append(consent.Agreement(row, purpose, origin, reader.joined_at))
    consent.give_many(agreements, now=max(reader.joined_at for reader in readers))
    for reader, row in zip(readers, rows, strict=True):
        if reader.topics:
            chosen = [world.topics[reader.language][place] for place in reader.topics]
            welcoming.keep_topics(row, chosen, now=reader.joined_at)


def _row(reader: Reader) -> Subscriber:
    read = addresses.read(reader.address)
    return Subscriber(
        address=read.written,
        address_key=read.key,
        name=reader.name,
        locale=reader.language,
        zone=ZONES[reader.language],
        source=FORM,
        created_at=reader.joined_at,
        is_sample=True,
    )


def _source(purpose: Purpose) -> str:
    """Each newsletter by its own way; tracking is asked for on the general form."""
    return letters.SOURCES.get(purpose.key, FORM)


def befall(world: World, reader: Reader) -> None:
    """What became of this reader by their own doing; bounces and complaints come with the mails."""
    row, at = world.people[reader.number], reader.fate_at
    match reader.fate:
        case "left":
            consent.withdraw_all(row, source=HOME, now=at)
        case "paused":
            consent.pause(row, at + REST, now=at)
        case "weekly":
            welcoming.keep_frequency(row, Frequency.WEEKLY, now=at)
        case "not_me":
            consent.suppress(str(row.address_key), Suppression.Reason.NOT_ME, now=at)
