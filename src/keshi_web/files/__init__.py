"""Uploads: accepted by content, cleaned, kept under names of ours, served as attachments only."""
