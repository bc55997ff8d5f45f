"""The door that takes an answer to “Was this useful?”."""

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from content import navigation
from content.models import ArticlePage
from subscribers import clients
from subscribers.grants import useful
from subscribers.signup import known

SEE_OTHER = 303


# A token would need a cookie in every article. What a foreign page could do is add one answer to a count.
@csrf_exempt
@require_POST
def answer(request: HttpRequest, page_id: int) -> HttpResponse:
    """Count, then back to the article, where a line of thanks stands in place of the buttons."""
    now = timezone.now()
    page = get_object_or_404(ArticlePage.objects.live().public(), pk=page_id)
    given = request.POST.get("useful", "")
    if given not in useful.ANSWERS:
        return HttpResponseBadRequest()
    useful.note(
        page,
        given,
        known.reader_of(request, now=now),
        agent=request.META.get("HTTP_USER_AGENT", ""),
        line=clients.network_of(clients.address_of(request)),
        now=now,
    )
    response = HttpResponseRedirect(f"{navigation.address(page, request)}?answered=1#useful")
    response.status_code = SEE_OTHER
    response.headers["Cache-Control"] = "no-store"
    return response
