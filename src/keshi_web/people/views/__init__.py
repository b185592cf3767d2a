"""Pages of people: find, look, read with a reason; what is kept; exports; and one's own data."""
