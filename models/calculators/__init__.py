"""Every quota calculator, in the order in which people read them."""

from models.calculator import Calculator
from models.calculators import housing_subsidy, new_debt, settlement_reward

CALCULATORS: tuple[Calculator, ...] = (new_debt.CALCULATOR, settlement_reward.CALCULATOR, housing_subsidy.CALCULATOR)
CALCULATOR_BY_ID = {c.id: c for c in CALCULATORS}
