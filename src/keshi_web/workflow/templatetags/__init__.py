"""Template tags of the workflow."""
