"""Every field of our own that the office shows says what it is for."""

from collections.abc import Iterator
from typing import Any

import pytest
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, Panel, get_edit_handler
from wagtail.contrib.settings.registry import registry
from wagtail.images.blocks import ImageBlock
from wagtail.models import Page, get_page_models
from wagtail.snippets.models import get_snippet_models

from campaigns.office.settings import AccountViewSet
from campaigns.rendering.blocks import MailBlock
from content.blocks import BodyBlock, FurtherReadingBlock, VoiceBlock

WAGTAILS = {"seo_title", "search_description", "show_in_menus", "go_live_at", "expire_at", "comments", "title"}


def handlers() -> Iterator[tuple[type, Any]]:
    for model in get_page_models():
        if model is not Page:
            yield model, model.get_edit_handler()
    for model in get_snippet_models():
        yield model, model.snippet_viewset.get_edit_handler()
    for model in registry:
        yield model, get_edit_handler(model)
    accounts = AccountViewSet("accounts")
    yield accounts.model, accounts.get_edit_handler()


def fields_of(panel: Panel, helped: bool = False) -> Iterator[tuple[str, bool]]:
    """(name, whether it or the group around it has a help text)."""
    is_helped = bool(panel.help_text) or helped
    if isinstance(panel, FieldPanel):
        yield panel.field_name, is_helped or bool(panel.db_field.help_text)
    for child in getattr(panel, "children", ()):
        yield from fields_of(child, is_helped and not isinstance(panel, FieldPanel))


@pytest.mark.django_db
def test_no_field_of_ours_is_left_unexplained() -> None:
    silent = [
        f"{model.__name__}.{name}"
        for model, handler in handlers()
        if handler and model.__module__.split(".")[0] in {"content", "campaigns", "subscribers"}
        for name, is_helped in fields_of(handler)
        if not is_helped and name not in WAGTAILS and not (issubclass(model, Page) and name == "slug")
    ]

    assert silent == []


def leaves(block: blocks.Block, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """(path, help text) of each field of a block; those of Wagtail's own image block are Wagtail's."""
    if isinstance(block, ImageBlock | blocks.StaticBlock):
        return
    children = getattr(block, "child_blocks", None)
    if children is None:
        yield ".".join(path), str(getattr(getattr(block, "field", None), "help_text", ""))
        return
    for name, child in children.items():
        yield from leaves(child, (*path, name))


@pytest.mark.parametrize("stream", [BodyBlock(), MailBlock(), FurtherReadingBlock(), VoiceBlock()])
def test_no_block_of_ours_is_left_unexplained(stream: blocks.Block) -> None:
    assert [path for path, said in leaves(stream) if not said] == []
