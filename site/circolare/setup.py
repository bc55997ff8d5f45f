"""The first page of an installation where nobody has a login yet; closed for ever once somebody has."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import get_user_model, login, password_validation
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from wagtail.admin.views.account import LoginView
from wagtail.users.models import UserProfile

from campaigns.sample import fill, wish
from campaigns.transports.inbox_views import is_at_this_machine
from circolare.staff import QUARTER, network_of
from subscribers.signup.limits import Limit, is_reached, passes

LOCK = 6_118_203_557  # any number of our own: one post at a time looks whether somebody has a login
CODE_LENGTH = 20  # hexadecimal digits: 80 bits, printed in groups of four
WRONG_CODES = Limit("setup-network", 20, QUARTER)
BACKEND = "django.contrib.auth.backends.ModelBackend"


class TooLate(Exception):
    """Somebody has a login already."""


def is_open() -> bool:
    """Whether nobody has a login."""
    return not get_user_model().objects.exists()


def code() -> str:
    """What whoever runs this installation can print and nobody else knows; of use only while nobody has a login."""
    digits = salted_hmac("circolare.setup", "first user", algorithm="sha256").hexdigest()[:CODE_LENGTH]
    return "-".join(digits[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def is_code(typed: str) -> bool:
    """Whether these are the digits of the code, however they are grouped."""
    return constant_time_compare("".join(filter(str.isalnum, typed.lower())), code().replace("-", ""))


class SetupForm(forms.Form):
    """Who runs this publication."""

    code = forms.CharField(
        label=_("Set-up code"),
        max_length=60,
        help_text=_("Whoever runs the server prints it: manage.py setup_code"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Your mail address"),
        max_length=150,
        help_text=_("You log in with it, and a forgotten password is mended there."),
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least eight signs, and not one that everybody uses."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    sample = forms.ChoiceField(
        label=_("What shall stand here at first?"),
        choices=[
            ("yes", _("The sample publication (recommended); manage.py clear_sample takes it away again")),
            ("no", _("Nothing")),
        ],
        initial="yes",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, needs_code: bool, offers_sample: bool, **kwargs: Any) -> None:  # Any: Django's own
        super().__init__(*args, **kwargs)
        if not needs_code:
            del self.fields["code"]
        if not offers_sample:
            del self.fields["sample"]

    def clean_code(self) -> str:
        """Raises: ValidationError for any other than the printed one."""
        if not is_code(self.cleaned_data["code"]):
            raise ValidationError(_("That is not the code of this installation."), code="wrong_code")
        return str(self.cleaned_data["code"])

    def clean_email(self) -> str:
        """Raises: ValidationError where the address has signs that no login name may have."""
        address = str(self.cleaned_data["email"])
        User.username_validator(address)
        return address

    def clean(self) -> dict[str, Any]:
        """Raises: ValidationError at the password, when it is weak or the two differ."""
        given = self.cleaned_data
        if given.get("password") and given.get("again") and given["password"] != given["again"]:
            self.add_error("again", _("The two passwords are not the same."))
        if given.get("password"):
            somebody = User(
                username=given.get("email", ""), email=given.get("email", ""), first_name=given.get("name", "")
            )
            try:
                password_validation.validate_password(given["password"], somebody)
            except ValidationError as error:
                self.add_error("password", error)
        return given


def create(*, name: str, email: str, password: str, language: str, with_sample: bool) -> User:
    """The first login, with all rights; wishes for the sample.

    Raises: TooLate when somebody has one, also when two ask at once.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        if not is_open():
            raise TooLate
        user = User.objects.create_superuser(email, email, password, first_name=name)
        UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
        if with_sample:
            wish.ask()
    return user


@method_decorator([never_cache, sensitive_post_parameters("code", "password", "again")], name="dispatch")
class Setup(View):
    """One page: language, name, address, password, sample or not."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """To the login once somebody has one; else in the language asked for."""
        if not is_open():
            return redirect("wagtailadmin_login")
        wanted = request.GET.get("language") or translation.get_language() or ""
        self.language = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(self.language):
            return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        """The empty form."""
        return self.show(self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make the login and go in; too many wrong codes from one network are not even compared."""
        network, now = network_of(request), timezone.now()
        if is_reached(WRONG_CODES, network, now=now):
            return self.show(self.form(), is_stopped=True)
        form = self.form(request.POST)
        if not form.is_valid():
            if form.has_error("code", "wrong_code"):
                passes(WRONG_CODES, network, now=now)
            return self.show(form)
        return self.begin(form.cleaned_data)

    def begin(self, given: dict[str, Any]) -> HttpResponse:
        """Home; by way of the bar where the sample was wished for."""
        with_sample = given.get("sample") == "yes"
        try:
            user = create(
                name=given["name"],
                email=given["email"],
                password=given["password"],
                language=self.language,
                with_sample=with_sample,
            )
        except TooLate:
            return redirect("wagtailadmin_login")
        login(self.request, user, backend=BACKEND)
        return redirect("office_sample" if with_sample else "wagtailadmin_home")

    def form(self, given: Any = None) -> SetupForm:  # Any: a QueryDict
        """The form as this browser needs it."""
        # Behind a proxy that does not say for whom it speaks everybody seems to sit here: a public site always asks.
        is_trusted = is_at_this_machine(self.request) and not settings.BASE_URL.startswith("https://")
        return SetupForm(given, needs_code=not is_trusted, offers_sample=not fill.is_filled())

    def show(self, form: SetupForm, *, is_stopped: bool = False) -> HttpResponse:
        """The page."""
        context = {
            "form": form,
            "is_stopped": is_stopped,
            "language": self.language,
            "languages": [(code, translation.get_language_info(code)["name_local"]) for code, _n in settings.LANGUAGES],
        }
        return render(self.request, "office/setup.html", context, status=429 if is_stopped else 200)


class Login(LoginView):
    """Wagtail's own; where nobody could log in it leads to the set-up."""

    def get(self, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The form, or the set-up."""
        return redirect("setup") if is_open() else super().get(*args, **kwargs)
