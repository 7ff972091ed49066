"""Every policy rule, in the order in which people read them."""

from models.rule import Rule
from models.rules import (
    arrangement,
    bundle,
    category_quota,
    count_cap,
    exclusive,
    fund_limit,
    fund_share,
    fund_step,
    lock,
    min_award,
    ongoing_first,
    output_target,
    prerequisite,
    region_quota,
    shared_cost,
    source_count,
    tag_share,
    together,
    way,
)

RULES: tuple[Rule, ...] = (
    way.RULE,
    arrangement.RULE,
    lock.RULE,
    fund_step.RULE,
    fund_limit.RULE,
    fund_share.RULE,
    min_award.RULE,
    source_count.RULE,
    region_quota.RULE,
    category_quota.RULE,
    tag_share.RULE,
    ongoing_first.RULE,
    prerequisite.RULE,
    exclusive.RULE,
    bundle.RULE,
    together.RULE,
    shared_cost.RULE,
    output_target.RULE,
    count_cap.RULE,
)

RULE_BY_ID = {rule.id: rule for rule in RULES}
