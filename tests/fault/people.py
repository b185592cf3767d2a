"""What people of the five cities do at the same time."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from fault.installation import Answer, Installation, Person
from keshi_web.workflow.models import Process

CITIES = ("yingkou", "jinan", "ankang", "wuhai", "shaoguan")


@dataclass
class Page:
    """A decision's page in somebody's browser, ready to be sent."""

    person: Person
    path: str
    fields: dict[str, str]

    def send(self) -> Answer:
        """Press the button; again sends the same page again."""
        return self.person.post(self.path, self.fields)


def cases(state: str) -> dict[str, Process]:
    """The sample's filing of each city in a state."""
    found = Process.objects.filter(kind="filing", state=state).select_related("filing__scheme_version")
    return {process.filing.scheme_version.scheme.split("-")[0]: process for process in found}


def pages(installation: Installation, who: str, event: str, of: Mapping[str, Process]) -> list[Page]:
    """The decision's page of every city, open in the browsers of `<city>-<who>`."""
    opened = []
    for city, process in of.items():
        person, path = installation.person(f"{city}-{who}"), f"/work/{process.pk}/do/{event}/"
        opened.append(Page(person, path, person.form(path)))
    return opened


class Together:
    """All pages sent at once; `answers` waits for what comes back."""

    def __init__(self, sent: list[Page]) -> None:
        self._pool = ThreadPoolExecutor(len(sent))
        self._coming = [self._pool.submit(page.send) for page in sent]

    def answers(self) -> list[Answer]:
        """One for each page, in their order."""
        found = [one.result() for one in self._coming]
        self._pool.shutdown()
        return found
