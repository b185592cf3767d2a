"""Headers that every answer carries: what a browser may keep, and what a page may use of the device."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

UNUSED = (
    "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone", "midi",
    "payment", "serial", "usb",
)  # fmt: skip
"""Powers of a browser that no page of the service uses; a page of another origin in it gets none of them."""
POLICY = ", ".join(f"{name}=()" for name in UNUSED)


class PrivateAnswers:
    """What a signed-in person sees stays in no cache, not even that of their own browser after they left.

    Stands outside of the sign-in; an answer that says itself how long it may be kept is left alone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and not response.has_header("Cache-Control"):
            response.headers["Cache-Control"] = "private, no-store"
        response.headers.setdefault("Permissions-Policy", POLICY)
        return response
