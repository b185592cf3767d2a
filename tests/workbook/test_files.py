"""Files that are no workbook, or one made to hurt whoever opens it: each is refused quickly, by name."""

import struct
import zipfile
import zlib

import openpyxl
import pytest
import xlsxwriter
import xlwt

from keshi.problems import BadInput
from keshi.workbook import limits, opening, package, read_roster, read_workbook, scan
from keshi.workbook.opening import open_sheets
from support.people import id_number
from workbook.books import CLASS, HEADER, codes, person, write_book, write_case


def refusal(path):
    with pytest.raises(BadInput) as refused:
        open_sheets(path)
    (problem,) = refused.value.problems
    assert problem.where.startswith(path.name)
    return codes([problem])[0]


@pytest.fixture
def file(tmp_path):
    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content)
        return path

    return write


@pytest.fixture
def sound(tmp_path):
    """A good workbook with one person."""
    return write_case(tmp_path / "好.xlsx", [HEADER, person()])


SHEET = "xl/worksheets/sheet2.xml"


def altered(source, target, changes, remove=()):
    """The package with parts changed by functions of their content, or added."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(name for name in changes if name not in old.namelist())]:
            if name in remove:
                continue
            content = old.read(name) if name in old.namelist() else b""
            new.writestr(name, changes[name](content) if name in changes else content)
    return target


def with_cells(source, target, cells):
    """The roster's sheet with these cells in place of its own."""
    xml = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
    return altered(source, target, {SHEET: lambda _: xml % cells})


# No workbook ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file-empty"),
        (b" \r\n", "file-empty"),
        (b"%PDF-1.7\n", "file-other-kind"),
        (b"\x89PNG\r\n\x1a\n", "file-other-kind"),
        (b"\xff\xd8\xff\xe0", "file-other-kind"),
        (b"<html><table><tr><td>1</td></tr></table>", "file-other-kind"),
        (b"\xef\xbb\xbf  <TABLE>", "file-other-kind"),
        ("姓名,身份证号码".encode(), "file-not-workbook"),
        (b"PK\x03\x04 and no more", "file-damaged"),
        (opening.OLE_MAGIC, "file-damaged"),
        (opening.OLE_MAGIC + b"\0" * 600, "file-damaged"),
    ],
)
@pytest.mark.parametrize("name", ["名册.xlsx", "名册.xls"])
def test_another_file_under_the_name_of_a_workbook(file, name, content, code):
    assert refusal(file(name, content)) == code


def test_a_file_that_is_not_there(tmp_path):
    assert refusal(tmp_path / "无.xlsx") == "file-absent"
    folder = tmp_path / "夹.xlsx"
    folder.mkdir()
    assert refusal(folder) == "file-unreadable"


def test_a_truncated_workbook(sound, file):
    content = sound.read_bytes()
    assert refusal(file("半.xlsx", content[: len(content) // 2])) == "file-damaged"


def test_another_package_and_a_binary_workbook(tmp_path):
    for name, part, code in [
        ("文.xlsx", "word/document.xml", "file-not-workbook"),
        ("表.xlsx", "xl/workbook.bin", "file-xlsb"),
    ]:
        with zipfile.ZipFile(tmp_path / name, "w") as made:
            made.writestr(part, b"x")
        assert refusal(tmp_path / name) == code


def test_a_workbook_is_known_by_its_content(sound, file):
    assert read_workbook(file("名册.xls", sound.read_bytes())).rows_read == 1
    assert read_workbook(file("名册.csv", sound.read_bytes())).rows_read == 0


def test_a_workbook_of_another_writer(sound, tmp_path):
    """Other capitals and separators in the names of the parts, and absolute targets."""
    path = tmp_path / "别.xlsx"
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name).replace(b'Target="worksheets/', b'Target="/xl/worksheets/')
            new.writestr(name.replace("sharedStrings", "SharedStrings"), content)
    assert read_workbook(path).rows_read == 1


# Too large -----------------------------------------------------------------------------------------------


def test_a_file_beyond_the_limit_is_not_even_read(tmp_path):
    path = tmp_path / "大.xlsx"
    with path.open("wb") as sparse:
        sparse.truncate(40 * limits.MIB)
    assert refusal(path) == "file-too-large"


def test_a_part_of_nothing_but_zeros(sound, tmp_path):
    path = altered(sound, tmp_path / "弹.xlsx", {SHEET: lambda _: b"\0" * (limits.RATIO_FREE + 1)})
    assert refusal(path) == "file-unpacks-too-large"


def test_parts_that_are_too_large_together(sound, tmp_path, monkeypatch):
    monkeypatch.setattr(package, "MOST_UNPACKED", 1_000)
    assert refusal(sound) == "file-unpacks-too-large"


def test_a_package_that_lies_about_its_sizes(sound, tmp_path):
    path = altered(sound, tmp_path / "谎.xlsx", {SHEET: lambda _: b" " * (limits.RATIO_FREE + 1)})
    size = struct.pack("<I", limits.RATIO_FREE + 1)
    path.write_bytes(path.read_bytes().replace(size, struct.pack("<I", 100)))
    assert refusal(path) == "file-unpacks-too-large"


def test_a_package_that_lies_a_little(sound, tmp_path):
    path = altered(sound, tmp_path / "谎.xlsx", {SHEET: lambda _: b" " * 12_345})
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 12_345), struct.pack("<I", 100)))
    assert refusal(path) == "file-damaged"


def test_a_package_inside_a_package_stays_shut(sound, tmp_path):
    inner = zlib.compress(b"\0" * 10_000_000)
    path = altered(sound, tmp_path / "套.xlsx", {"xl/embeddings/内.zip": lambda _: inner})
    assert read_workbook(path).rows_read == 1


def test_too_many_parts(sound, tmp_path, monkeypatch):
    monkeypatch.setattr(package, "MOST_PARTS", 5)
    assert refusal(sound) == "file-too-many-parts"


def test_parts_that_share_their_bytes(sound, tmp_path):
    """A directory with more bytes than the file has."""
    path = tmp_path / "叠.xlsx"
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        new.writestr("xl/more.xml", b"x" * 100)
        entry = new.getinfo("xl/more.xml")
        entry.compress_size = 1_000_000
    assert refusal(path) == "file-damaged"


def test_a_part_twice_and_a_part_out_of_reach(sound, tmp_path):
    path = tmp_path / "重.xlsx"
    path.write_bytes(sound.read_bytes())
    with zipfile.ZipFile(path, "a") as made:
        made.writestr(SHEET.upper(), b"<worksheet/>")
    assert refusal(path) == "file-damaged"
    data = bytearray(sound.read_bytes())
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(SHEET.encode()))
    data[at + 42 : at + 46] = struct.pack("<I", len(data) - 10)
    path.write_bytes(data)
    assert refusal(path) == "file-damaged"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_package_packed_in_another_way(sound, tmp_path, method):
    path = tmp_path / "别.xlsx"
    with zipfile.ZipFile(sound) as old, zipfile.ZipFile(path, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    assert refusal(path) == "file-damaged"


@pytest.mark.parametrize("damage", [b"\xff" * 40, b""])
def test_a_part_whose_bytes_are_damaged(sound, tmp_path, damage):
    data = bytearray(sound.read_bytes())
    start = data.index(SHEET.encode()) + len(SHEET)
    if damage:
        data[start : start + len(damage)] = damage
    else:
        # The last bytes of the packed part are declared away: what is left does not end.
        at = data.rindex(b"PK\x01\x02", 0, data.rindex(SHEET.encode()))
        (size,) = struct.unpack_from("<I", data, at + 20)
        data[at + 20 : at + 24] = struct.pack("<I", size - 20)
    path = tmp_path / "坏.xlsx"
    path.write_bytes(data)
    assert refusal(path) == "file-damaged"


@pytest.mark.parametrize(
    "part",
    [
        {SHEET: lambda xml: b"<!DOCTYPE x [<!ENTITY a 'b'>]>" + xml},
        {SHEET: lambda xml: xml.decode().encode("utf-16")},
        {SHEET: lambda xml: xml[:200]},
        {"xl/workbook.xml": lambda xml: b"<workbook><sheets>"},
        {"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b"sheet2.xml", b"sheet1.xml")},
        {"xl/_rels/workbook.xml.rels": lambda xml: xml.replace(b"sheet2.xml", b"sheet9.xml")},
    ],
)
def test_xml_that_no_spreadsheet_writes(sound, tmp_path, part):
    assert refusal(altered(sound, tmp_path / "坏.xlsx", part)) == "file-damaged"


def test_too_many_sheets(tmp_path, monkeypatch):
    monkeypatch.setattr(package, "MOST_SHEETS", 3)
    assert (
        refusal(write_book(tmp_path / "多.xlsx", {str(n): [[1]] for n in range(4)})) == "file-too-many-sheets"
    )


def test_a_failure_inside_the_reader_is_a_damaged_file(sound, monkeypatch):
    class PanicException(BaseException):
        """As the reader's native code raises it."""

    def fail(error):
        def load(_):
            raise error

        monkeypatch.setattr("python_calamine.load_workbook", load)

    fail(PanicException())
    assert refusal(sound) == "file-damaged"
    fail(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        open_sheets(sound)


# Extent --------------------------------------------------------------------------------------------------

CELL = b'<c r="%s"><v>1</v></c>'


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        (b'<row r="1">' + CELL % b"A1" + CELL % b"XFD1" + b"</row>", "file-too-wide"),
        (b'<row r="1">' + CELL % b"A1" + b"</row>" + CELL % b"CV1048576", "file-area-too-large"),
        (b'<row r="9999999">' + b"<c><v>1</v></c>" * 9 + b"</row>", "file-area-too-large"),
        (b"<row>" + b"<c><v>1</v></c>" * 1_001 + b"</row>", "file-too-wide"),
        (b"<row><c r='XFD1'><is><t>1</t></is></c></row>", "file-too-wide"),
        (b"<row><c r='??'><is><t>1</t></is></c></row></worksheet>", "file-damaged"),
    ],
)
def test_a_sheet_that_reaches_too_far(sound, tmp_path, cells, code):
    assert refusal(with_cells(sound, tmp_path / "远.xlsx", cells)) == code


def test_cells_without_places_keep_theirs(sound, tmp_path):
    """Some writers leave the references out; then no empty cell may be left out before them."""
    header = b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % name.encode() for name in HEADER[1:])
    row = b'<c/><c t="inlineStr"><is><t>%s</t></is></c><c><v>90</v></c>' % id_number().encode()
    rows = b"<row><c/>" + header + b"</row><row>" + b'<c r="A2" s="0"/>' + row + b"</row>"
    found = read_workbook(with_cells(sound, tmp_path / "无.xlsx", rows))
    assert not found.problems
    assert found.raw["trainees"] == [{"id_number": id_number(), "minutes": 90}]


def test_a_prefixed_sheet_is_measured_too(sound, tmp_path):
    xml = (
        b'<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData><x:row r="1">'
        b'<x:c r="XFD1"><x:v>1</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    assert refusal(altered(sound, tmp_path / "远.xlsx", {SHEET: lambda _: xml})) == "file-too-wide"


def test_formatting_to_the_end_of_the_sheet_is_no_content(tmp_path):
    path = tmp_path / "长.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        bold = workbook.add_format({"bold": True})
        sheet = workbook.add_worksheet("学员")
        sheet.write_row(0, 0, HEADER)
        sheet.write_row(1, 0, person())
        for row in (200_000, 1_048_575):
            sheet.set_row(row, 20, bold)
            sheet.write_blank(row, 16_383, None, bold)
    found = read_roster(path)
    assert not found.problems
    assert (found.count.read, found.count.blank) == (1, 0)


def test_two_far_cells_within_reach_are_read(tmp_path):
    path = write_book(tmp_path / "远.xlsx", {"学员": [HEADER, person()]})
    book = openpyxl.load_workbook(path)
    book["学员"]["BZ120"] = "备注"
    book.save(path)
    found = read_roster(path)
    assert codes(found.problems) == ["fact-missing"]
    assert found.count.below_header == 119


def test_sheets_that_are_too_large_together(tmp_path, monkeypatch):
    monkeypatch.setattr(opening, "MOST_AREA", 30)
    monkeypatch.setattr(limits, "MOST_AREA", 30)
    path = write_book(tmp_path / "多.xlsx", {str(n): [[1] * 10] for n in range(4)})
    assert refusal(path) == "file-area-too-large"


# Texts that repeat ---------------------------------------------------------------------------------------


@pytest.fixture
def little_room(monkeypatch):
    monkeypatch.setattr(scan, "MOST_TEXT", 20_000)


def repeated(tmp_path, texts, times):
    return write_book(tmp_path / "复.xlsx", {"甲": [[text] for text in texts * times]})


def test_one_long_text_in_many_cells(tmp_path, little_room):
    assert refusal(repeated(tmp_path, ["长" * 5_000], 20)) == "file-unpacks-too-large"
    assert (
        refusal(repeated(tmp_path, [f"{n}" + "长" * 500 for n in range(30)], 4)) == "file-unpacks-too-large"
    )


def test_one_long_text_among_many_short_ones(tmp_path, little_room):
    assert open_sheets(repeated(tmp_path, ["长" * 2_000, *map(str, range(50))], 1))
    assert open_sheets(repeated(tmp_path, ["长" * 200 + str(n) for n in range(21)] + ["短"] * 100, 1))


def test_a_strange_way_to_write_many_texts(sound, tmp_path, little_room):
    cells = b"<row>" + b"".join(b"<c r=\"A%d\" t='s'><v>0</v></c>" % n for n in range(1, 900)) + b"</row>"
    assert refusal(with_cells(sound, tmp_path / "怪.xlsx", cells)) == "file-damaged"


# Formulas, links, passwords ------------------------------------------------------------------------------


def test_formulas_by_a_program_that_did_not_calculate(tmp_path):
    path = write_case(tmp_path / "案例.xlsx", [HEADER, person(0), person(1)])
    book = openpyxl.load_workbook(path)
    book["学员"]["D2"] = "=45*40"
    book.save(path)
    found = read_workbook(path)
    assert codes(found.problems) == ["workbook-cell-uncalculated"]
    assert found.problems[0].where == "学员!D2（学习分钟数）"
    assert (found.rows_read, found.rows_refused) == (1, 1)


def saved_by_excel(xml):
    return xml.replace(b'fullCalcOnLoad="1"', b"")


def test_saved_results_of_formulas_are_read_and_noted(tmp_path):
    source = write_book(
        tmp_path / "算.xlsx", {"班级": CLASS, "学员": [[*HEADER, "证书编号"], person(), person(1)]}
    )

    def formulas(xml):
        """As Excel saves them: a result, an empty text, an error, and an error past the end of the sheet."""
        xml = xml.replace(b'<c r="D2"><v>1830</v></c>', b'<c r="D2"><f>45*40</f><v>1800</v></c>')
        xml = xml.replace(
            b'<c r="D3"><v>1830</v></c>',
            b'<c r="D3" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="E3" t="str"><f>""</f><v></v></c>',
        )
        return xml.replace(
            b"</sheetData>",
            b'<row r="9"><c r="H9" t="e"><f t="shared" si="0"/><v>#N/A</v></c></row></sheetData>',
        )

    path = altered(source, tmp_path / "存.xlsx", {"xl/workbook.xml": saved_by_excel, SHEET: formulas})
    found = read_workbook(path)
    assert [trainee["minutes"] for trainee in found.raw["trainees"]] == [1800]
    assert {(problem.code, problem.where) for problem in found.problems} == {
        ("workbook-cell-error", "学员!D3（学习分钟数）"),
        ("fact-missing", "学员!C9（身份证号码）"),
    }
    assert [note.params["count"] for note in found.notes if note.code == "workbook-formulas"] == [4]
    assert (found.rows_blank, found.rows_refused) == (5, 2)


def test_very_many_faults(tmp_path, monkeypatch):
    monkeypatch.setattr(scan, "_MOST_FAULTS", 2)
    path = tmp_path / "错.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet("学员")
        for row in range(4):
            sheet.write_formula(row, 0, "=NA()", None, "#N/A")
    assert refusal(path) == "file-too-many-faults"


def test_days_counted_from_1904(tmp_path):
    header = ["姓名", "身份证号码", "劳动合同签订日期"]
    path = write_book(
        tmp_path / "麦.xlsx", {"学员": [header, ["测试甲", id_number(), 42430]]}, date_1904=True
    )
    assert read_roster(path).trainees[0]["contract_signed_on"] == "2020-03-02"


def test_values_from_other_files_are_refused(sound, tmp_path):
    path = altered(sound, tmp_path / "链.xlsx", {"xl/externalLinks/externalLink1.xml": lambda _: b"<x/>"})
    assert refusal(path) == "file-external-links"


def test_an_encrypted_package(sound, file):
    data = bytearray(sound.read_bytes())
    for magic, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = data.find(magic)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(magic, at + 4)
    assert refusal(file("密.xlsx", bytes(data))) == "file-encrypted"


# .xls ----------------------------------------------------------------------------------------------------


def old_book(path, rows, sheets=("学员",)):
    book = xlwt.Workbook()
    for name in sheets:
        sheet = book.add_sheet(name)
        for row, cells in enumerate(rows):
            for column, value in enumerate(cells):
                if value is not None:
                    sheet.write(row, column, value)
    book.save(str(path))
    return path


def test_an_old_workbook_is_read_like_a_new_one(tmp_path):
    rows = [HEADER, *(person(n) for n in range(300)), ["合计", None, None, 300 * 1830]]
    found = read_roster(old_book(tmp_path / "名册.xls", rows))
    assert not found.problems
    assert (found.count.read, found.count.total) == (300, 1)


def test_an_old_workbook_merges_and_loses_digits_too(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("学员")
    sheet.write_merge(0, 0, 0, 3, "培训人员名册")
    for row, cells in enumerate(
        [["姓名", "身份证号码", "人员类别"], ["测试甲", 4.4e17], ["测试乙", id_number(1)]], 1
    ):
        for column, value in enumerate(cells):
            sheet.write(row, column, value)
    sheet.write_merge(2, 3, 2, 2, "企业职工")
    book.save(str(tmp_path / "名册.xls"))
    found = read_roster(tmp_path / "名册.xls")
    assert codes(found.problems) == ["workbook-id-number"]
    assert found.trainees == [{"name": "测试乙", "id_number": id_number(1), "category": "employee"}]


def test_an_old_workbook_that_reaches_too_far(tmp_path):
    book = xlwt.Workbook()
    sheet = book.add_sheet("学员")
    sheet.write(0, 0, 1)
    sheet.write(65535, 255, 1)
    book.save(str(tmp_path / "远.xls"))
    assert refusal(tmp_path / "远.xls") == "file-area-too-large"


def record(kind, body):
    return struct.pack("<HH", kind, len(body)) + body


def compound(streams, *, first_fat=0):
    """A compound file: sector 0 its table, sector 1 its directory, then the streams, each in whole sectors."""
    end, free, table = 0xFFFF_FFFE, 0xFFFF_FFFF, 0xFFFF_FFFD
    fat, body, entries = [table, end], b"", []
    for name, content in streams.items():
        padded = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\0")
        start, count = len(fat), len(padded) // 512
        fat += [*range(start + 1, start + count), end]
        body += padded
        entries.append((name, 2, start, len(padded)))
    directory = b""
    for name, kind, start, size in [("Root Entry", 5, end, 0), *entries]:
        raw = name.encode("utf-16-le")
        directory += raw.ljust(64, b"\0") + struct.pack("<HBB", len(raw) + 2, kind, 1) + b"\xff" * 12
        directory += b"\0" * 36 + struct.pack("<III", start, size, 0)
    header = opening.OLE_MAGIC + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
    header += struct.pack("<IIIIIIIII", 1, 1, 0, 4096, end, 0, end, 0, first_fat)
    header = header.ljust(0x4C + 4, b"\0")[: 0x4C + 4].ljust(512, b"\xff")
    fat += [free] * (128 - len(fat))
    return header + struct.pack("<128I", *fat) + directory.ljust(512, b"\0") + body


BEGIN = record(0x0809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))


def cell(row, column, kind=0x0203, rest=b"\0" * 8):
    return record(kind, struct.pack("<HHH", row, column, 0) + rest)


@pytest.mark.parametrize(
    ("name", "stream", "code"),
    [
        ("EncryptedPackage", b"", "file-encrypted"),
        ("WordDocument", b"", "file-not-workbook"),
        ("Workbook", BEGIN + record(0x002F, b"\0" * 6), "file-encrypted"),
        ("Book", BEGIN + record(0x0200, struct.pack("<IIHHH", 0, 65536, 0, 256, 0)), "file-area-too-large"),
        (
            "Workbook",
            BEGIN + record(0x00BD, struct.pack("<HH", 0, 0) + struct.pack("<H", 1_000)),
            "file-too-wide",
        ),
        ("Workbook", BEGIN + record(0x0085, struct.pack("<IH", 0, 0)), "file-too-many-sheets"),
        ("Workbook", BEGIN + record(0x00FC, b"\0\0\0\0\1\0\0\0\5"), "file-damaged"),
    ],
)
def test_an_old_file_that_is_no_good(file, monkeypatch, name, stream, code):
    monkeypatch.setattr("keshi.workbook.ole.MOST_SHEETS", 0)
    assert refusal(file("旧.xls", compound({name: stream.ljust(len(stream) + 4, b"\0")}))) == code


def test_a_small_old_file_with_a_table_of_tables(file):
    """Streams below 4 096 bytes live in a stream of their own; a second table may list the sectors of the first."""
    end, free = 0xFFFF_FFFE, 0xFFFF_FFFF
    content = BEGIN + record(0x002F, b"\0" * 60)
    data = bytearray(compound({}))
    struct.pack_into("<II", data, 0x3C, 2, 1)
    struct.pack_into("<II", data, 0x44, 4, 1)
    struct.pack_into("<5I", data, 512, 0xFFFF_FFFD, end, end, end, end)
    name = "Workbook".encode("utf-16-le")
    struct.pack_into("<II", data, 1024 + 116, 3, 512)
    data[1024 + 128 : 1024 + 128 + len(name)] = name
    struct.pack_into("<H", data, 1024 + 128 + 64, len(name) + 2)
    struct.pack_into("<II", data, 1024 + 128 + 116, 0, len(content))
    data += struct.pack("<128I", 1, end, *[free] * 126)
    data += content.ljust(512, b"\0")
    data += struct.pack("<128I", *[free] * 127, end)
    assert refusal(file("小.xls", bytes(data))) == "file-encrypted"


def test_sectors_of_a_size_that_there_is_not(file):
    data = bytearray(compound({"Workbook": BEGIN}))
    struct.pack_into("<H", data, 0x1E, 10)
    assert refusal(file("怪.xls", bytes(data))) == "file-damaged"


def test_an_old_file_whose_sectors_go_round_in_a_circle(file):
    data = bytearray(compound({"Workbook": BEGIN}))
    data[512 + 4 * 2 : 512 + 4 * 3] = struct.pack("<I", 2)
    assert refusal(file("圈.xls", bytes(data))) == "file-damaged"


def test_errors_in_an_old_workbook_are_not_taken_for_empty(tmp_path, monkeypatch):
    from keshi.workbook import ole

    data = old_book(tmp_path / "旧.xls", [HEADER, person()]).read_bytes()
    records = ole._Records("旧.xls")
    result = struct.pack("<BBBBHH", 2, 0, 7, 0, 0, 0xFFFF)
    sheet = cell(3, 4, 0x0205, b"\x07\x01") + cell(3, 5, 0x0205, b"\x01\x00") + cell(3, 6, 0x0006, result)
    stream = record(0x0085, struct.pack("<IH", 12, 0)) + record(0x0022, b"\1\0")
    records.walk(stream.replace(struct.pack("<I", 12), struct.pack("<I", len(stream))) + BEGIN + sheet)
    assert set(records.faults[0]) == {(3, 4), (3, 6)}
    assert records.formulas == {0: 1}
    assert records.from_1904
    assert ole.inspect_ole("旧.xls", data).faults == {}


def test_a_long_text_in_many_cells_of_an_old_workbook(tmp_path, monkeypatch):
    path = old_book(tmp_path / "复.xls", [["长" * 9_000 + str(n % 3)] for n in range(20)])
    assert open_sheets(path)
    monkeypatch.setattr("keshi.workbook.ole.MOST_TEXT", 100_000)
    assert refusal(path) == "file-unpacks-too-large"


def test_shared_texts_with_formats_and_sounds_are_measured(tmp_path):
    from keshi.workbook.ole import _text_lengths

    plain = struct.pack("<HB", 3, 0) + b"abc"
    rich = struct.pack("<HBHI", 2, 0x0D, 2, 5) + "测试".encode("utf-16-le") + b"\0" * 3
    first = b"\0" * 4 + struct.pack("<I", 5) + plain + rich
    second = b"\0" * 10 + struct.pack("<HB", 4, 1) + "测".encode("utf-16-le")
    third = b"\x00abc"
    assert list(_text_lengths([first, second, third])) == [3, 2, 4]
