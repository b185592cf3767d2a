"""Pages of class filing."""
