"""The sample's segments: rules a marketer would want on the first day, as rows."""

from datetime import datetime

from campaigns.sample import publication
from subscribers.models import Segment
from subscribers.segments import rules

A_MONTH, TWO_MONTHS = 30, 60  # days


def all_rules() -> dict[str, dict[str, object]]:
    """{name: tree}; the names are content, in the language of the sample's office."""
    shops = publication.key("topic:negozi").hex
    seen = [{"did": kind, "within_days": TWO_MONTHS} for kind in ("page.read", "link.clicked")]
    return {
        f"Chi ha letto negli ultimi {A_MONTH} giorni": {"did": "page.read", "within_days": A_MONTH},
        # Who did not agree to be seen is not silent: nobody knows.
        f"Silenziosi da {TWO_MONTHS} giorni": {
            "all": [{"field": "state", "is": "active"}, {"agreed": "tracking"}, {"not": {"any": seen}}]
        },
        "Argomento: piccoli negozi": {"any": [{"chose": shops}, {"topic": shops}]},
        "Chi legge in inglese": {"field": "locale", "is": "en"},
        "Chi ha scaricato una risorsa": {"did": "resource.downloaded"},
    }


def make(now: datetime) -> None:
    """Write them down. Raises: RuleError, for a rule that cannot be read: a mistake of this file."""
    for name, tree in all_rules().items():
        rules.parse(tree)
        Segment.objects.create(name=name, rule=tree, is_sample=True, created_at=now)
