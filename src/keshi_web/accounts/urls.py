"""Addresses of accounts."""

from django.conf import settings
from django.urls import path

from keshi_web.accounts.guards import allowed
from keshi_web.accounts.roles import Role
from keshi_web.accounts.views import administration, delegations, log, members, profile, sign_in

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", sign_in.verify, name="second-factor"),
    path("sign-in/enrol/", sign_in.enrol, name="enrol"),
    path("sign-in/password/", sign_in.new_password, name="new-password"),
    path("sign-in/go-on/", sign_in.go_on, name="go-on"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("set-password/<str:token>/", sign_in.set_password, name="set-password"),
    path("language/", profile.language, name="language"),
    path("act-as/", profile.act_as, name="act-as"),
    path("confirm/", profile.confirm, name="confirm"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.change_password, name="change-password"),
    path("profile/second-factor/", profile.enable_second_factor, name="enable-second-factor"),
    path("profile/recovery-codes/", profile.renew_recovery_codes, name="recovery-codes"),
    path("profile/sessions/", profile.session_list, name="sessions"),
    path("profile/sessions/end-others/", profile.end_other_sessions, name="end-other-sessions"),
    path("profile/sessions/<int:session_id>/end/", profile.end_session, name="end-session"),
    path("delegations/", delegations.delegation_list, name="delegations"),
    path("delegations/<int:delegation_id>/revoke/", delegations.revoke_delegation, name="revoke-delegation"),
    path("members/", members.member_list, name="members"),
    path("members/invite/", members.invite_member, name="invite-member"),
    path("members/<int:user_id>/deactivate/", members.deactivate_member, name="deactivate-member"),
    path("members/<int:user_id>/link/", members.member_link, name="member-link"),
    path("users/", allowed(Role.SYSADMIN)(administration.Users.as_view()), name="users"),
    path("users/new/", administration.create_user, name="create-user"),
    path("users/<int:user_id>/", administration.user_detail, name="user"),
    path("users/<int:user_id>/roles/", administration.grant_role, name="grant-role"),
    path("users/<int:user_id>/roles/<int:assignment_id>/end/", administration.end_role, name="end-role"),
    path("users/<int:user_id>/deactivate/", administration.deactivate_user, name="deactivate-user"),
    path("users/<int:user_id>/reactivate/", administration.reactivate_user, name="reactivate-user"),
    path("users/<int:user_id>/link/", administration.make_link, name="user-link"),
    path(
        "users/<int:user_id>/second-factor/", administration.reset_second_factor, name="reset-second-factor"
    ),
    path(
        "security-log/",
        allowed(Role.SYSADMIN, Role.AUDITOR)(log.SecurityLog.as_view()),
        name="security-log",
    ),
]

if settings.LOCAL:
    urlpatterns.append(path("sign-in/sample/", sign_in.sign_in_as_sample, name="sign-in-as-sample"))
