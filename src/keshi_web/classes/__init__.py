"""Class filing: plan, syllabus, roster, review, decision."""
