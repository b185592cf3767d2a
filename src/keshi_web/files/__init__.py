"""Uploads: checked by content, stored under our own names, served as attachments."""
