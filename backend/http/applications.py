"""What an application may be refused for, whoever hands it in: by phone or at a window."""

from backend.cases.rules.refusals import (
    ApplicantChanged,
    CaseAlreadyOpen,
    CommunityRequired,
    DefectUnanswered,
    StepUnitUnknown,
)
from backend.catalogue.refusals import (
    ConditionUnmet,
    FormInvalid,
    ItemBookedOnly,
    ItemUnknown,
    MaterialMissing,
    MaterialUnknown,
)
from backend.files.refusals import FileUnknown
from backend.identity.refusals import AssuranceTooLow
from backend.refusals import CommunityUnknown

_HANDED_IN = (
    FormInvalid,
    ConditionUnmet,
    MaterialMissing,
    MaterialUnknown,
    FileUnknown,
    CaseAlreadyOpen,
)
FILE = (
    ItemUnknown,
    ItemBookedOnly,
    AssuranceTooLow,
    CommunityRequired,
    CommunityUnknown,
    *_HANDED_IN,
    StepUnitUnknown,
)
ANSWER = (DefectUnanswered, ApplicantChanged, *_HANDED_IN)
