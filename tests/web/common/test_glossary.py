"""The glossary's words of the service name what there is."""

import re
from importlib import import_module
from pathlib import Path

GLOSSARY = Path(__file__).resolve().parents[3] / "docs" / "glossary.md"


def test_words_of_the_service_point_at_what_exists():
    named = re.findall(
        r"\| `(\w+)` in `(keshi_web[\w.]+)` \|$", GLOSSARY.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(named) > 10
    assert not [(name, module) for name, module in named if not hasattr(import_module(module), name)]
