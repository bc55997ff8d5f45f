"""Lists that say what they are for while nothing is in them, and how to see everything again when filters hide it."""

from typing import Any

from django.utils.functional import Promise

RESULTS = "office/listing_results.html"


class SaysWhatFor:
    """A viewset whose empty list has one sentence and one button: Wagtail's own, unless another is named."""

    what_for: str | Promise

    def get_index_view_kwargs(self, **kwargs: Any) -> dict[str, Any]:  # Any: as Wagtail's own
        """With our part of the template and its sentence."""
        ours = {"results_template_name": RESULTS, "extra_context": {"what_for": self.what_for}}
        return super().get_index_view_kwargs(**{**ours, **kwargs})  # type: ignore[misc]
