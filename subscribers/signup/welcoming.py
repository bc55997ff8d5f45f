"""What a new reader chooses, and how it is kept; the reader's home uses the same."""

from collections.abc import Mapping
from datetime import datetime

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from content.models import Topic
from subscribers.declared import tell
from subscribers.models import Frequency, Kind, Subscriber


class Choices(forms.Form):
    """Topics in the reader's language, and how often."""

    topics_chosen = forms.ModelMultipleChoiceField(Topic.objects.none(), required=False, label=_("Topics"))
    frequency = forms.ChoiceField(choices=Frequency.choices, required=False, label=_("How often"))

    def __init__(self, subscriber: Subscriber, locale: str, data: Mapping[str, object] | None = None) -> None:
        super().__init__(data, initial={"frequency": subscriber.frequency})
        self.offered = list(Topic.objects.filter(locale__language_code=locale))
        self.chosen_keys = set(subscriber.topics.values_list("translation_key", flat=True))
        self.fields["topics_chosen"].queryset = Topic.objects.filter(locale__language_code=locale)  # type: ignore[attr-defined]

    def boxes(self) -> list[tuple[Topic, bool]]:
        """Each topic of the language and whether it is chosen."""
        return [(topic, topic.translation_key in self.chosen_keys) for topic in self.offered]

    def topics(self) -> list[Topic]:
        """What was ticked."""
        return list(self.cleaned_data["topics_chosen"])

    def clean_frequency(self) -> str:
        """Without a choice, each one."""
        return self.cleaned_data["frequency"] or Frequency.EACH


def keep(subscriber: Subscriber, topics: list[Topic], frequency: str, *, now: datetime) -> None:
    """Keep topics and frequency; tells an event for each that changed."""
    with transaction.atomic():
        keep_topics(subscriber, topics, now=now)
        keep_frequency(subscriber, frequency, now=now)


def keep_topics(subscriber: Subscriber, topics: list[Topic], *, now: datetime) -> bool:
    """The topics as chosen, kept in the language they were chosen in; False when they were these already."""
    wanted = {topic.translation_key for topic in topics}
    with transaction.atomic():
        had = set(subscriber.topics.values_list("translation_key", flat=True))
        subscriber.topics.set(topics)
        if wanted == had:
            return False
        tell(subscriber, Kind.TOPICS_CHOSEN, now=now, payload={"topics": sorted(key.hex for key in wanted)})
    return True


def keep_frequency(subscriber: Subscriber, frequency: str, *, now: datetime) -> bool:
    """How often the person wants mail; False when it was this already."""
    with transaction.atomic():
        changed = Subscriber.objects.filter(pk=subscriber.pk).exclude(frequency=frequency).update(frequency=frequency)
        if changed:
            subscriber.frequency = frequency
            tell(subscriber, Kind.PREFERENCE_CHANGED, now=now, payload={"frequency": frequency})
    return bool(changed)
