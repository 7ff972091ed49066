"""Golden rows: what a rule's block says on a tiny case, as text."""

from models.case import Case
from models.program import FREE
from models.rules import RULE_BY_ID
from models.space import Space


def column_name(space: Space, col: int) -> str:
    """y[P1,,0], x[P1,债,0,甲县] and so on."""
    case = space.case
    if col < len(space.ways):
        way = space.ways[col]
        return f"y[{case.projects[way.project].id}{',' + way.scheme.name if way.scheme.name else ''},{way.start}]"
    for k, x in enumerate(space.x):
        if x == col:
            return f"x[{case.projects[space.x_project[k]].id},{case.funds[space.x_fund[k]].name},{space.x_year[k]},{space.region_names[space.x_region[k]]}]"
    for w, c in space.part.items():
        if c == col:
            return f"w[{case.projects[space.ways[w].project].id}]"
    for (i, funds), c in space.support.items():
        if c == col:
            return f"u[{case.projects[i].id},{'+'.join(case.funds[f].name for f in funds)}]"
    for i, c in space.payer.items():
        if c == col:
            return f"g[{case.projects[i].id}]"
    return "a"


def rows(case: Case, rule: str) -> list[str]:
    """Rows as ``key: low ≤ 2 y[P1,0] + … ≤ high`` in whole base units."""
    space = Space(case)
    block = RULE_BY_ID[rule].block(case, space)
    text = []
    for r, key in enumerate(block.keys):
        mine = block.row == r
        terms = [
            f"{v:+d} {column_name(space, c)}"
            for c, v in zip(
                block.col[mine].tolist(), (block.value[mine] * space.unit[block.col[mine]]).tolist(), strict=True
            )
        ]
        low = "" if block.lower[r] == -FREE else f"{block.lower[r]} ≤ "
        high = "" if block.upper[r] == FREE else f" ≤ {block.upper[r]}"
        text.append(f"{' '.join(k for k in key if k)}: {low}{' '.join(terms)}{high}")
    return text


def measures(case: Case, rule: str, plan) -> list[tuple]:
    """Measures as (key, sense, actual, limit, met)."""
    return [
        (" ".join(k for k in m.key if k), m.sense, m.actual, m.limit, m.met)
        for m in RULE_BY_ID[rule].measure(case, plan)
    ]
