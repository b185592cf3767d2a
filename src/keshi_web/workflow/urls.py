"""Addresses of the work queue, of decisions and of messages."""

from django.urls import path

from keshi_web.workflow import views

app_name = "workflow"
urlpatterns = [
    path("work/", views.queue, name="queue"),
    path("work/open/", views.under_way, name="open"),
    path("work/done/", views.done, name="done"),
    path("work/bulk/<slug:kind>/<slug:event>/", views.bulk, name="bulk"),
    path("work/<int:process_id>/assign/", views.assign, name="assign"),
    path("work/<int:process_id>/do/<slug:event>/", views.act, name="act"),
    path("messages/", views.inbox, name="inbox"),
    path("messages/read/", views.read_all, name="read-all"),
    path("messages/settings/", views.preferences, name="preferences"),
    path("messages/deliveries/", views.deliveries, name="deliveries"),
    path("messages/deliveries/<int:delivery_id>/again/", views.send_again, name="send-again"),
    path("messages/<int:message_id>/", views.open_message, name="message"),
]
