"""What the queue and the timeline show, always for one actor."""

from collections.abc import Mapping

from keshi_web.accounts.roles import Role
from keshi_web.workflow.table import all_workflows


def states_for(role: Role) -> Mapping[str, list[str]]:
    """For every workflow, the states in which this role has something to do."""
    found: dict[str, list[str]] = {}
    for workflow in all_workflows():
        keys = [
            state.key
            for state in workflow.states
            if any(role in one.by and one.at != "system" for one in workflow.from_state(state.key))
        ]
        if keys:
            found[workflow.name] = keys
    return found
