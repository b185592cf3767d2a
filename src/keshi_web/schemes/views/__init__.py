"""Pages about schemes: lists, reading, upload, the way to publication, facts of a region."""
