"""Addresses of schemes and of the facts declared for regions."""

from django.urls import path

from keshi_web.schemes.views import acts, facts, lists, reading, upload

app_name = "schemes"
urlpatterns = [
    path("", lists.Schemes.as_view(), name="list"),
    path("upload/", upload.upload, name="upload"),
    path("facts/", facts.facts, name="facts"),
    path("facts/declare/", facts.declare, name="fact-declare"),
    path("facts/<int:pk>/approve/", facts.approve, name="fact-approve"),
    path("facts/<int:pk>/refuse/", facts.refuse, name="fact-refuse"),
    path("facts/<int:pk>/document/", facts.document, name="fact-document"),
    path("public/", lists.PublicSchemes.as_view(), name="public-list"),
    path("public/<slug:scheme>/v<int:number>/", reading.public_page, name="public"),
    path("public/<slug:scheme>/v<int:number>/files.zip", reading.public_archive, name="public-files"),
    path("<int:pk>/", reading.detail, name="detail"),
    path("<int:pk>/worked/", reading.worked, name="worked"),
    path("<int:pk>/compare/", reading.compare, name="compare"),
    path("<int:pk>/impact/", reading.impact_page, name="impact"),
    path("<int:pk>/files.zip", reading.archive, name="archive"),
    path("<int:pk>/files/<path:name>", reading.file, name="file"),
    path("<int:pk>/process/", acts.process, name="process"),
    path("<int:pk>/check/", acts.check, name="check"),
    path("<int:pk>/approve/", acts.approve, name="approve"),
    path("<int:pk>/publish/", acts.publish, name="publish"),
    path("<int:pk>/withdraw/", acts.withdraw, name="withdraw"),
]
