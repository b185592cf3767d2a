"""The service: keshi's rules behind pages, roles, clocks and a database."""
