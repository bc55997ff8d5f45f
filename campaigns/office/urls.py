"""Addresses of the office below /admin/."""

from django.urls import path

from campaigns.office import (
    chosen,
    firstrun,
    mailing_people,
    monitor,
    panels,
    person,
    preview,
    review,
    sample,
    tour,
)

urlpatterns = [
    path("checklist/", firstrun.Checklist.as_view(), name="office_checklist"),
    path("mailings/", monitor.MailingList.as_view(), name="office_mailings"),
    path("mailings/<int:mailing_id>/", monitor.Monitor.as_view(), name="office_mailing"),
    path("mailings/<int:mailing_id>/act/", monitor.Act.as_view(), name="office_mailing_act"),
    path("mailings/<int:mailing_id>/pace/", monitor.Pace.as_view(), name="office_mailing_pace"),
    path("mailings/<int:mailing_id>/people/", mailing_people.MailingPeople.as_view(), name="office_mailing_people"),
    path(
        "mailings/<int:mailing_id>/people/results/",
        mailing_people.MailingPeople.as_view(results_only=True),
        name="office_mailing_people_results",
    ),
    path("issues/<int:page_id>/review/", review.Review.as_view(), name="office_review"),
    path("issues/<int:page_id>/people/", chosen.IssuePeople.as_view(), name="office_issue_people"),
    path("issues/<int:page_id>/preview/", preview.issue_preview, name="office_issue_preview"),
    path("pages/<int:page_id>/panels/<slug:name>/", panels.panel, name="office_panel"),
    path("sample/", sample.Sample.as_view(), name="office_sample"),
    path("tour/", tour.Tour.as_view(), name="office_tour"),
    path("people/<int:subscriber_id>/", person.Person.as_view(), name="office_person"),
]
