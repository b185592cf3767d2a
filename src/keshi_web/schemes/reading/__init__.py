"""A scheme as people read it: words for formulas and figures, sections of a page, differences of two versions."""
