"""Addresses of organisations."""

from django.urls import path

from keshi_web.organisations.views import bureau, own, papers, registration

app_name = "organisations"
urlpatterns = [
    path("", bureau.Organisations.as_view(), name="list"),
    path("register/", registration.register, name="register"),
    path("mine/", own.mine, name="mine"),
    path("mine/submit/", own.submit, name="submit"),
    path("mine/details/", own.details, name="change-details"),
    path("mine/people/<str:role>/", own.contact, name="change-contact"),
    path("mine/size/", own.size, name="declare-size"),
    path("mine/epidemic/", own.epidemic, name="declare-epidemic"),
    path("mine/account/", own.account, name="add-account"),
    path("mine/dispatch/", own.dispatch, name="add-dispatch"),
    path("mine/dispatch/<int:row_id>/end/", own.end_dispatch, name="end-dispatch"),
    path("<int:pk>/", bureau.detail, name="detail"),
    path("<int:pk>/verify/", bureau.verify, name="verify"),
    path("<int:pk>/kinds/", bureau.add_kind, name="add-kind"),
    path("<int:pk>/kinds/<int:kind_id>/end/", bureau.end_kind, name="end-kind"),
    path("<int:pk>/catalogue/", bureau.enter_catalogue, name="enter-catalogue"),
    path("<int:pk>/blacklist/", bureau.blacklist, name="blacklist"),
    path("<int:pk>/blacklist/<int:row_id>/appeal/", bureau.note_appeal, name="note-appeal"),
    path("<int:pk>/blacklist/<int:row_id>/lift/", bureau.lift, name="lift"),
    path("<int:pk>/merge/", bureau.merge, name="merge"),
    path("<int:pk>/close/", bureau.close, name="close"),
    path("<int:pk>/reopen/", bureau.reopen, name="reopen"),
    path("<int:pk>/accounts/<uuid:account_id>/verify/", bureau.verify_account, name="verify-account"),
    path("<int:pk>/accounts/<uuid:account_id>/reject/", bureau.reject_account, name="reject-account"),
    path("<int:pk>/accounts/<uuid:account_id>/read/", papers.read_account, name="read-account"),
    path("<int:pk>/people/<uuid:contact_id>/read/", papers.read_contact, name="read-contact"),
    path("<int:pk>/licence/", papers.licence, name="licence"),
    path("<int:pk>/dispatch/<int:row_id>/document/", papers.dispatch_document, name="dispatch-document"),
    path("<int:pk>/blacklist/<int:row_id>/document/", papers.blacklist_document, name="blacklist-document"),
]
