"""Enterprises, institutions, platforms, dispatch agencies."""
