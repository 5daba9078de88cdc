"""Acts of the room and the roles that may do them."""

from yole.base.permissions import declare
from yole.organisations.enums import Role

_LEAD = {Role.TERRITORY_COORDINATOR}
_GATHER = _LEAD | {Role.EVENT_ORGANISER}
_MEASURE = _LEAD | {Role.STRUCTURE_COORDINATOR}

SEE = "roadmap.see"  # the desk: commitments in preparation, their readings, proposals
FRAME = "roadmap.frame"  # frames, roadmaps, axes, objectives, committees, funding
WRITE = "roadmap.write"  # commitments, indicators, milestones, reviews, judgement
PUBLISH = "roadmap.publish"
MEASURE = "roadmap.measure"  # readings and delivered milestones; a structure's own commitments for its coordination
GATHER = "roadmap.gather"  # takeaways and proposals
ANSWER = "roadmap.answer"  # the public answer of a committee
FILES = "roadmap.files"  # exports of the desk

declare(SEE, _GATHER | _MEASURE | {Role.EVALUATOR, Role.ADMINISTRATOR})
declare(FRAME, _LEAD)
declare(WRITE, _LEAD)
declare(PUBLISH, _LEAD)
declare(MEASURE, _MEASURE)
declare(GATHER, _GATHER)
declare(ANSWER, _LEAD)
declare(FILES, _LEAD | {Role.ADMINISTRATOR})
