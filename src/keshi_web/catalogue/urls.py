"""Addresses of the catalogue."""

from django.urls import path

from keshi_web.catalogue import views

app_name = "catalogue"
urlpatterns = [
    path("evaluations/<str:number>/", views.evaluation, name="evaluation"),
]
