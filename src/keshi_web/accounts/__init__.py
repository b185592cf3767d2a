"""People who sign in: roles, second factor, jurisdiction, delegations."""
