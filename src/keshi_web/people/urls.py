"""Addresses of people. A number or name never stands in one: people are addressed by their random key."""

from django.urls import path

from keshi_web.people import views

app_name = "people"
urlpatterns = [
    path("find/", views.find, name="find"),
    path("my/reads/", views.my_reads, name="my-reads"),
    path("exports/", views.exports, name="exports"),
    path("exports/<uuid:export_id>/decide/", views.decide, name="decide-export"),
    path("exports/<uuid:export_id>/take/", views.take, name="take-export"),
    path("<uuid:person_id>/", views.person, name="person"),
    path("<uuid:person_id>/phone/", views.phone, name="change-phone"),
    path("<uuid:person_id>/account/", views.account, name="change-account"),
    path("<uuid:person_id>/reveal/", views.reveal, name="reveal"),
]
