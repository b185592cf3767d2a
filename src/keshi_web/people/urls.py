"""Addresses of people. A number or name never stands in one: people are addressed by their random key."""

from django.urls import path

from keshi_web.people.views import exports, looking, own, records

app_name = "people"
urlpatterns = [
    path("find/", looking.find, name="find"),
    path("my/", own.my_data, name="my-data"),
    path("my/clear/", own.my_data_in_clear, name="my-data-in-clear"),
    path("exports/", exports.exports, name="exports"),
    path("exports/<uuid:export_id>/decide/", exports.decide, name="decide-export"),
    path("exports/<uuid:export_id>/take/", exports.take, name="take-export"),
    path("<uuid:person_id>/", looking.person, name="person"),
    path("<uuid:person_id>/reveal/", looking.reveal, name="reveal"),
    path("<uuid:person_id>/phone/", records.phone, name="change-phone"),
    path("<uuid:person_id>/account/", records.account, name="change-account"),
    path("<uuid:person_id>/name/", records.name, name="correct-name"),
    path("<uuid:person_id>/link/", records.link, name="link-user"),
    path("<uuid:person_id>/merge/", records.merge, name="merge"),
    path("<uuid:person_id>/categories/", records.category, name="record-category"),
    path("<uuid:person_id>/categories/<int:period_id>/end/", records.end_category, name="end-category"),
    path("<uuid:person_id>/categories/<int:period_id>/proof/", looking.proof, name="proof"),
    path("<uuid:person_id>/employments/", records.employment, name="record-employment"),
    path(
        "<uuid:person_id>/employments/<int:employment_id>/end/", records.end_employment, name="end-employment"
    ),
]
