"""What comes in by upload: problems with their place, hostile archives."""

import io
import zipfile

import pytest

from keshi_web.common.errors import Invalid
from keshi_web.schemes import content, services
from keshi_web.schemes.content import Faulty
from keshi_web.schemes.models import SchemeVersion

from .conftest import LINJIANG


def files(**changed: bytes) -> list[tuple[str, bytes]]:
    found = {path.name: path.read_bytes() for path in LINJIANG.rglob("*") if path.is_file()}
    return list({**found, **{name.replace("_", "."): raw for name, raw in changed.items()}}.items())


def archive(entries: dict[str, bytes]) -> list[tuple[str, bytes]]:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, raw in entries.items():
            made.writestr(name, raw)
    return [("a.zip", buffer.getvalue())]


def test_single_files_make_the_same_scheme_as_the_folder():
    assert content.from_uploads(files()).digest == content.from_folder(LINJIANG).digest


def test_every_problem_is_shown_with_its_line_and_place():
    text = (LINJIANG / "scheme.toml").read_text(encoding="utf-8")
    broken = text.replace("trainee.minutes / hour", "trainee.minuten / hour").replace(
        "min(tiered,", "min(tierd,"
    )
    with pytest.raises(Faulty) as caught:
        content.checked(content.from_uploads(files(scheme_toml=broken.encode())))
    faults = caught.value.faults
    assert len(faults) >= 2
    lines = broken.splitlines()
    for fault in faults:
        assert fault.file == "scheme.toml"
        assert fault.line
        assert fault.before + fault.marked + fault.after == lines[fault.line - 1]
        assert fault.where == f"scheme.toml:{fault.line}:{fault.column}"
    assert {"trainee.minuten", "tierd"} <= {fault.marked for fault in faults}
    assert "/tmp" not in " ".join(fault.text + fault.value for fault in faults)


def test_a_worked_case_that_points_nowhere_is_shown_too():
    cases = LINJIANG / "cases" / "tiers.toml"
    broken = cases.read_text(encoding="utf-8").replace("trainees[0].minutes", "trainees[7].minutes", 1)
    with pytest.raises(Faulty) as caught:
        content.checked(content.from_uploads(files(tiers_toml=broken.encode())))
    assert [fault.file.partition(":")[0] for fault in caught.value.faults] == ["cases/tiers.toml"]


def test_nothing_is_stored_of_a_faulty_upload(clerk):
    with pytest.raises(Faulty):
        services.upload(files(scheme_toml=b"id = 'x'\n"), actor=clerk)
    assert not SchemeVersion.objects.exists()


@pytest.mark.parametrize(
    "uploaded",
    [
        [],
        [("scheme.zip", b"no zip at all")],
        [("a.zip", b"PK\x03\x04 broken")],
        [("standard.csv", b"a,b\n")],
        archive({"readme.txt": b"x"}),
        archive({"scheme.toml": b" " * (content.MOST_BYTES + 1)}),
        archive({f"cases/{n}.toml": b" " * content.MOST_BYTES for n in range(6)} | {"scheme.toml": b""}),
        archive({f"cases/{n}.toml": b"" for n in range(content.MOST_FILES + 1)}),
    ],
    ids=["nothing", "text", "broken", "no scheme", "no scheme in zip", "bomb", "many bombs", "many files"],
)
def test_a_hostile_or_mistaken_upload_is_refused_in_words(uploaded):
    with pytest.raises(Invalid) as caught:
        content.from_uploads(uploaded)
    assert "。" in caught.value.reason


def test_names_that_lead_outside_are_left_out(tmp_path):
    scheme = (LINJIANG / "scheme.toml").read_bytes()
    entries = {
        "scheme.toml": scheme,
        "../evil.toml": b"x",
        "/etc/x.csv": b"x",
        "tables/../../y.csv": b"",
        "run.py": b"",
    }
    found = content.from_uploads(archive(entries))
    assert list(found.files) == ["scheme.toml"]
    assert len(found.left_out) == 4
    content.write(found.files, tmp_path / "inside")
    assert [path.name for path in tmp_path.iterdir()] == ["inside"]


def test_a_zip_of_a_mac_with_a_folder_inside_is_understood():
    entries = {f"政策/linjiang/{name}": raw for name, raw in content.from_folder(LINJIANG).files.items()}
    found = content.from_uploads(archive({**entries, "__MACOSX/政策/._scheme.toml": b"x"}))
    assert found.digest == content.from_folder(LINJIANG).digest
