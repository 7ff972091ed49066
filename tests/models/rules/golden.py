"""Golden rows: what a rule's block says on a tiny case, as text."""

from models.case import Case
from models.program import FREE
from models.rules import RULE_BY_ID
from models.space import Space


def column_names(space: Space) -> dict[int, str]:
    """y[P1,0], x[P1,债,0,甲县] and so on, by column."""
    case, ids = space.case, [p.id for p in space.case.projects]
    found = {}
    for col, way in enumerate(space.ways):
        scheme = f",{way.scheme.name}" if way.scheme.name else ""
        found[col] = f"y[{ids[way.project]}{scheme},{way.start}]"
    for k, col in enumerate(space.x.tolist()):
        place = (case.funds[space.x_fund[k]].name, space.x_year[k], space.region_names[space.x_region[k]])
        found[col] = f"x[{ids[space.x_project[k]]},{place[0]},{place[1]},{place[2]}]"
    found |= {col: f"w[{ids[space.ways[w].project]}]" for w, col in space.part.items()}
    for (i, funds), col in space.support.items():
        found[col] = f"u[{ids[i]},{'+'.join(case.funds[f].name for f in funds)}]"
    found |= {col: f"g[{ids[i]}]" for i, col in space.payer.items()}
    found |= dict.fromkeys(space.gate.values(), "a")
    found |= {col: f"e[{ids[i]}]" for i, col in space.capital.items()}
    found |= {col: f"h[{ids[i]},{year}]" for (i, year), col in space.topup.items()}
    moves = case.migrations
    return found | {col: f"m[{moves[k].source},{moves[k].target}]" for k, col in space.move.items()}


def rows(case: Case, rule: str) -> list[str]:
    """Rows as ``key: low ≤ 2 y[P1,0] + … ≤ high`` in whole base units."""
    space = Space(case)
    block, names = RULE_BY_ID[rule].block(case, space), column_names(space)
    text = []
    for r, key in enumerate(block.keys):
        mine = block.row == r
        terms = [
            f"{v:+d} {names[c]}"
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
