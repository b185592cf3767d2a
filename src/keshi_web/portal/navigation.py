"""Public menu entries."""

from django.utils.translation import gettext_lazy as _

from keshi_web.ui import navigation

navigation.group(navigation.Group("public", _("公开服务"), "world", order=90))
navigation.register(
    navigation.Entry(
        "directory", _("平台和课程目录"), "world", "portal:directory", None, order=200, group="public"
    )
)
navigation.register(
    navigation.Entry(
        "honoured", _("师资库公开名录"), "award", "portal:teachers", None, order=201, group="public"
    )
)
navigation.register(
    navigation.Entry("check", _("文书验证"), "qrcode", "portal:check", None, order=210, group="public")
)
