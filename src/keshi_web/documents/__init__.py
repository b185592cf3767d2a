"""Official forms and letters as PDF and Word."""
