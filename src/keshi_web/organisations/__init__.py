"""Enterprises, institutions and platforms: registration, verification, size, accounts, blacklist, merging."""
