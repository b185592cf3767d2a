"""Pages of organisations: registration (public), the own organisation, the bureau's list and decisions."""
