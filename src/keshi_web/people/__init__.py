"""The identity vault: trainees, categories, masked views, access log."""
