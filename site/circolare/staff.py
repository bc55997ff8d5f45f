"""How staff come in: Wagtail's own login and password reset, with limits on guessing."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm as WagtailLoginForm
from wagtail.admin.forms.auth import PasswordResetForm as WagtailPasswordResetForm

from subscribers import clients
from subscribers.signup.limits import HOUR, Limit, is_reached, passes

QUARTER = 900  # seconds
# Only failures count. One guesser is stopped early without shutting the owner out elsewhere; many together late.
USER_IN_NETWORK = Limit("login-user-network", 5, QUARTER)
NETWORK = Limit("login-network", 30, QUARTER)
USER = Limit("login-user", 100, HOUR)
RESET_ADDRESS = Limit("reset-address", 3, HOUR)
RESET_NETWORK = Limit("reset-network", 20, HOUR)


class LoginForm(WagtailLoginForm):
    """Wagtail's form; after too many failures no password is looked at any more, not even the right one."""

    def clean(self) -> dict[str, Any] | None:  # Any: as Django's own
        """Raises ValidationError for wrong credentials, and for right ones after too many failures."""
        now, counted = timezone.now(), self._counted()
        if any(is_reached(limit, who, now=now) for limit, who in counted):
            raise ValidationError(
                _("Too many attempts. Wait a quarter of an hour, or ask for a new password."), code="too_many"
            )
        try:
            return super().clean()
        except ValidationError:
            for limit, who in counted:
                passes(limit, who, now=now)
            raise

    def _counted(self) -> list[tuple[Limit, str]]:
        """What a failure of this request counts against."""
        name = str(self.data.get("username", "")).casefold()[:254]
        network = network_of(self.request)
        return [(USER_IN_NETWORK, f"{name} {network}"), (NETWORK, network), (USER, name)]


class PasswordResetForm(WagtailPasswordResetForm):
    """Wagtail's form; beyond the limits the answer stays the same and no mail is written."""

    def save(self, *args: Any, request: HttpRequest | None = None, **options: Any) -> None:  # Any: as Django's own
        """Wish for the mail, if the address is a colleague's."""
        if _may_reset(self.cleaned_data["email"], request, timezone.now()):
            super().save(*args, request=request, **options)


def _may_reset(address: str, request: HttpRequest | None, now: datetime) -> bool:
    is_network_well = passes(RESET_NETWORK, network_of(request), now=now)
    return passes(RESET_ADDRESS, address.casefold(), now=now) and is_network_well


def network_of(request: HttpRequest | None) -> str:
    """The network a form was sent from."""
    return clients.network_of(clients.address_of(request) if request else None)
