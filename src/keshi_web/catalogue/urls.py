"""Addresses of the catalogue."""

from django.urls import path

from keshi_web.catalogue.views import (
    applications,
    directory,
    evaluations,
    occupations,
    registrations,
    tariffs,
)

app_name = "catalogue"
urlpatterns = [
    path("occupations/", occupations.occupations, name="occupations"),
    path("occupations/import/", occupations.import_list, name="import"),
    path("occupations/import/store/", occupations.store_list, name="store-import"),
    path("occupations/<int:pk>/", occupations.occupation, name="occupation"),
    path("occupations/<int:pk>/enter/", occupations.enter, name="enter"),
    path("entries/<int:pk>/end/", occupations.end, name="end-entry"),
    path("tariffs/", tariffs.tariffs, name="tariffs"),
    path("tariffs/new/", tariffs.enter, name="new-tariff"),
    path("tariffs/look-up/", tariffs.looked_up, name="look-up"),
    path("tariffs/<int:pk>/", tariffs.tariff, name="tariff"),
    path("tariffs/<int:pk>/file/", tariffs.source, name="tariff-source"),
    path("tariffs/<int:pk>/approve/", tariffs.approve, name="approve-tariff"),
    path("tariffs/<int:pk>/refuse/", tariffs.refuse, name="refuse-tariff"),
    path("platforms/", directory.platforms, name="platforms"),
    path("platforms/new/", directory.platform_form, name="new-platform"),
    path("platforms/<int:pk>/", directory.platform, name="platform"),
    path("platforms/<int:pk>/edit/", directory.platform_form, name="edit-platform"),
    path("platforms/<int:pk>/list/", directory.list_it, name="list-platform"),
    path("platforms/<int:pk>/register/", registrations.ask, name="ask-registration"),
    path("registrations/", registrations.registrations, name="registrations"),
    path("registrations/<str:number>/", registrations.registration, name="registration"),
    path("listings/<int:pk>/delist/", directory.delist, name="delist"),
    path("courses/", directory.courses, name="courses"),
    path("courses/new/", directory.course_form, name="new-course"),
    path("courses/<int:pk>/", directory.course, name="course"),
    path("courses/<int:pk>/edit/", directory.course_form, name="edit-course"),
    path("teachers/", directory.teachers, name="teachers"),
    path("teachers/new/", directory.teacher_form, name="new-teacher"),
    path("teachers/<int:pk>/", directory.teacher_form, name="teacher"),
    path("evaluations/", evaluations.evaluations, name="evaluations"),
    path("evaluations/new/", applications.choose, name="choose"),
    path("evaluations/new/<int:version_id>/<slug:rule_id>/", applications.apply, name="apply"),
    path("evaluations/<str:number>/", evaluations.evaluation, name="evaluation"),
    path("evaluations/<str:number>/form/", applications.fill_in, name="evaluation-form"),
    path("evaluations/<str:number>/papers/", applications.papers, name="evaluation-papers"),
    path("evaluations/<str:number>/papers/<int:material_id>/", evaluations.material, name="material"),
    path(
        "evaluations/<str:number>/papers/<int:material_id>/remove/", applications.take_back, name="take-back"
    ),
    path("evaluations/<str:number>/judge/", evaluations.judge, name="judge"),
    path("evaluations/<str:number>/experts/", evaluations.expert, name="expert"),
    path("evaluations/<str:number>/forms/<slug:form_id>.<str:kind>", evaluations.form, name="form"),
    path("evaluations/<str:number>/letters/<int:document_id>.pdf", evaluations.letter, name="letter"),
]
