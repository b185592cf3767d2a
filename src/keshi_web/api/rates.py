"""How often a token may be used: a sliding minute, counted in the database so that every web node counts alike."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from keshi_web.api.models import ApiToken
from keshi_web.common import clock

_COUNT = """
    insert into api_usage as u (token_id, minute, count, previous) values (%(token)s, %(minute)s, 1, 0)
    on conflict (token_id) do update set
        previous = case u.minute when excluded.minute then u.previous
                                 when excluded.minute - 1 then u.count else 0 end,
        count = case u.minute when excluded.minute then least(u.count + 1, %(most)s + 1) else 1 end,
        minute = excluded.minute
    returning count, previous
"""


@dataclass(frozen=True)
class Reading:
    """What a token has left in the minute that ends now; `wait` seconds until it may go on, 0 when at once."""

    limit: int
    left: int
    wait: int


def count(token: ApiToken) -> Reading:
    """Count one request.

    The minute before counts by the part of it that still lies within the last sixty seconds. Requests that are
    turned away count too, but never further than one beyond the limit, so waiting always helps.
    """
    limit: int = settings.API_REQUESTS_PER_MINUTE
    minute, second = divmod(clock.machine_now().timestamp(), 60)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"token": token.pk, "minute": int(minute), "most": limit})
        now, before = cursor.fetchone()
    weighed = now + before * (60 - second) / 60
    if weighed <= limit:
        return Reading(limit, int(limit - weighed), 0)
    return Reading(limit, 0, max(1, int(61 - second)))
