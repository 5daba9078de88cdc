"""Acts of the room and the roles that may do them."""

from yole.base.permissions import declare
from yole.organisations.enums import Role

SEE = "advisers.see"  # structures, posts, rounds
CANDIDATES = "advisers.candidates"  # those who apply: names and addresses
ADMIT = "advisers.admit"  # opinion of the préfecture, decision of the committee, return of a post
ROUND = "advisers.round"  # run and publish a round, fill a post, end a contract
BUDGET = "advisers.budget"  # the ledger
TRAIN = "advisers.train"  # programmes, courses, enrolments, hours, certificates, calendar
OWN = "advisers.own"  # one’s own training, once in post; presence at the courses that one gives

_RECRUITMENT = {Role.RECRUITER, Role.TERRITORY_COORDINATOR}

declare(SEE, _RECRUITMENT)
declare(CANDIDATES, _RECRUITMENT)
declare(ADMIT, {Role.TERRITORY_COORDINATOR})
declare(ROUND, _RECRUITMENT)
declare(BUDGET, {Role.TERRITORY_COORDINATOR})
declare(TRAIN, _RECRUITMENT)
declare(OWN, {Role.MEDIATOR, Role.STRUCTURE_COORDINATOR})
