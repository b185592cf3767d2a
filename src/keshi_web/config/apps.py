from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """Commands, jobs, error pages and texts of the service as a whole."""

    name = "keshi_web.config"
    label = "config"
