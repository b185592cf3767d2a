"""Addresses of class filing."""

from django.urls import path

from keshi_web.classes.views import changes, detail, lists, papers, roster, wizard

app_name = "classes"
urlpatterns = [
    path("", lists.filings, name="filings"),
    path("new/", lists.new, name="new"),
    path("register/", lists.register, name="register"),
    path("amendments/<str:number>/", changes.amendment, name="amendment"),
    path("<str:number>/", detail.filing, name="filing"),
    path("<str:number>/people/", detail.people, name="people"),
    path("<str:number>/people/export/", detail.ask_export_of, name="ask-export"),
    path("<str:number>/plan/", wizard.plan, name="plan"),
    path("<str:number>/syllabus/", wizard.syllabus, name="syllabus"),
    path("<str:number>/materials/", wizard.materials, name="materials"),
    path("<str:number>/materials/commit/", wizard.commit, name="commit"),
    path("<str:number>/materials/<slug:material>/add/", wizard.hand_in, name="hand-in"),
    path("<str:number>/materials/<int:material_id>/remove/", wizard.take_back, name="take-back"),
    path("<str:number>/materials/<int:material_id>/file/", papers.material, name="material"),
    path("<str:number>/check/", wizard.check, name="check"),
    path("<str:number>/roster/", roster.roster, name="roster"),
    path("<str:number>/roster/template.xlsx", roster.template, name="roster-template"),
    path("<str:number>/roster/upload/", roster.upload, name="upload"),
    path("<str:number>/roster/paste/", roster.paste, name="paste"),
    path("<str:number>/roster/add/", roster.add, name="add-person"),
    path("<str:number>/roster/<int:enrolment_id>/remove/", roster.remove, name="remove-person"),
    path("<str:number>/roster/imports/<uuid:import_id>/", roster.preview, name="preview"),
    path("<str:number>/roster/imports/<uuid:import_id>/rows/<int:index>/", roster.mend, name="mend"),
    path("<str:number>/roster/imports/<uuid:import_id>/store/", roster.store, name="store-import"),
    path("<str:number>/tasks/judge/", detail.judge_all, name="judge-all"),
    path("<str:number>/tasks/<int:task_id>/", detail.judge, name="judge"),
    path("<str:number>/forms/<slug:form_id>.<str:kind>", papers.form, name="form"),
    path("<str:number>/letters/<int:document_id>.pdf", papers.letter, name="letter"),
    path("<str:number>/amend/", changes.amend, name="amend"),
]
