"""Who and what the plan's names mean in this database."""

from dataclasses import dataclass, field

from campaigns.models import Delivery, IssuePage, Journey
from campaigns.sample import publication, texts, words
from campaigns.sample.living.posting import Post
from campaigns.sample.model.plan import Plan
from content.models import Topic
from subscribers.models import Purpose, Subscriber


@dataclass
class World:
    """What the story has to do with; people and mails are added as they come."""

    plan: Plan
    targets: dict[str, int]  # {address of a text: id of its page}
    issues: dict[str, IssuePage]  # the Italian ones, by their text
    journeys: dict[str, Journey]  # by the plan's name
    purposes: dict[str, Purpose]
    topics: dict[str, list[Topic]]  # by language, in the order of the words
    post: Post = field(default_factory=Post)
    people: dict[int, Subscriber] = field(default_factory=dict)  # by the reader's number
    numbers: dict[int, int] = field(default_factory=dict)  # {subscriber: reader's number}
    mails: dict[tuple[int, str], Delivery] = field(default_factory=dict)  # newest by (reader, issue or journey/step)

    def page(self, piece: str, language: str) -> int:
        """The id of a piece's page in a language."""
        return self.targets[f"/{language}/{piece}"]

    def keep(self, name: str, rows: list[Delivery]) -> None:
        """Remember mails that were accepted."""
        for row in rows:
            number = self.numbers.get(row.subscriber_id or 0)
            if number is not None:
                self.mails[number, name] = row


def topics() -> dict[str, list[Topic]]:
    """The topics of each language, in the order of the words."""
    found = {}
    for code in texts.LANGUAGES:
        rows = {topic.translation_key: topic for topic in Topic.objects.filter(locale__language_code=code)}
        found[code] = [rows[publication.key(f"topic:{name}")] for name in words.topics()]
    return found
