"""Public addresses."""

from django.urls import path

from keshi_web.portal import views

app_name = "portal"
urlpatterns = [
    path("directory/", views.directory, name="directory"),
    path("directory/teachers/", views.teachers, name="teachers"),
    path("check/", views.check, name="check"),
]
