"""What leaves the program, as text to compare: ``python -m tests.golden.make`` writes the golden files anew."""

import tempfile
from pathlib import Path

from docx import Document
from openpyxl import load_workbook

from inputs.samples import write_sample
from inputs.template import write_template
from optimizer.options import Options
from reports.briefing import write_briefing
from reports.contents import result_tables
from reports.csv_tables import csv_of
from reports.editions import county_editions, public_edition
from reports.workbook import write_tables
from tests.books import write_book
from workbench.intake import open_intake
from workbench.verbs import open_and_plan

HERE = Path(__file__).parent
LIST = [
    ["某市2026年储备清单"], ["填报单位：环县财政局", None, None, None, "单位：万元"],
    ["序号", "项目名称", "类别", "总投资", "专项债券需求", "联系人"],
    ["一", "老旧小区改造类", None, 900, 500], [1, "南街片区改造", "老旧小区改造", "６００", 300, "张伟"], [2, "北关片区改造", "老旧小区改造", "约300", 200, "王芳"],
    [3, "供水管网更新", "供水管网", "0.08亿元", 4_000_000, "李娜"], ["合计", None, None, 1700, 1000], ["注：概算数"],
]  # fmt: skip


def book_text(path: Path) -> str:
    """Cells, comments, fills, links, merges, validations and print settings of a workbook, a line each."""
    lines = []
    for page in load_workbook(path).worksheets:
        lines.append(
            f"== {page.title} {page.sheet_state} {page.freeze_panes} {page.page_setup.orientation} {page.print_title_rows}"
        )
        lines += [f"merge {r}" for r in sorted(map(str, page.merged_cells.ranges))]
        for row in page.iter_rows():
            for cell in row:
                if cell.value is not None or cell.comment:
                    marks = [f"{cell.value!r}"]
                    marks += [f"fill {cell.fill.start_color.rgb}"] if cell.fill.fill_type else []
                    marks += [f"link {cell.hyperlink.location or cell.hyperlink.target}"] if cell.hyperlink else []
                    marks += [f"comment {cell.comment.text!r}"] if cell.comment else []
                    lines.append(f"{cell.coordinate} {' '.join(marks)}")
        rules = sorted(
            (str(v.sqref), v.type or "any", v.formula1 or "", v.prompt or "")
            for v in page.data_validations.dataValidation
        )
        lines += ["validation " + " | ".join(rule) for rule in rules]
    return "\n".join(lines) + "\n"


def paper_text(path: Path) -> str:
    """Paragraphs with their style, and tables, of a document."""
    paper = Document(str(path))
    lines = [f"{p.style.name}: {p.text}" for p in paper.paragraphs]
    for table in paper.tables:
        lines += [" | ".join(cell.text for cell in row.cells) for row in table.rows]
    return "\n".join(lines) + "\n"


def make(folder: Path) -> dict[str, str]:
    """Every golden text by name."""
    case = folder / "c.xlsx"
    write_template(folder / "t.xlsx")
    raw = write_book(folder / "清单.xlsx", 储备=LIST)
    intake = open_intake([(raw, raw.name)])
    intake.annotate(intake.opened.sources[0], folder / "a.xlsx")
    write_sample("mini", case)
    _, outcome = open_and_plan(case, Options(second=""))
    assert outcome is not None
    plan = outcome.plan
    write_briefing(folder / "b.docx", plan, outcome.account())
    write_tables(folder / "p.xlsx", public_edition(plan))
    region, tables = next(iter(county_editions(plan)))
    write_tables(folder / "r.xlsx", tables)
    return {
        "template.txt": book_text(folder / "t.xlsx"),
        "annotated.txt": book_text(folder / "a.xlsx"),
        "briefing.txt": paper_text(folder / "b.docx"),
        "public.txt": book_text(folder / "p.xlsx"),
        "county.txt": f"{region}\n{book_text(folder / 'r.xlsx')}",
        "tables.txt": "".join(f"== {t.name}\n{csv_of(t).decode('utf-8-sig')}" for t in result_tables(plan)).replace(
            "\r\n", "\n"
        ),
    }


def main() -> None:
    """Write the golden files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in make(Path(folder)).items():
            (HERE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
