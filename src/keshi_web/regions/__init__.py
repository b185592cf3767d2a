"""Administrative divisions and offices, a tree with validity."""
