"""Every aim, by the name it has in 设置."""

from models.aim import Aim
from models.aims import fairness, least_change, near_linkage, tiers, weighted

AIMS: tuple[Aim, ...] = (weighted.AIM, tiers.AIM, fairness.AIM, near_linkage.AIM, least_change.AIM)
AIM_BY_ID = {aim.id: aim for aim in AIMS}
