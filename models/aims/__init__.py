"""Every aim, one file each."""

from models.aims import weighted

AIMS = (weighted.AIM,)
AIM_BY_ID = {aim.id: aim for aim in AIMS}
