"""Who reads the journal. Nobody writes in it by hand."""

from yole.base.permissions import declare

READ = "journal.read"

OWN = "journal.read-own"  # one's own acts; for who coordinates a structure, those of the structure too

declare(READ, ["data-protection-officer", "territory-coordinator"])
declare(
    OWN,
    [
        "volunteer",
        "mediator",
        "structure-coordinator",
        "territory-coordinator",
        "event-organiser",
        "evaluator",
        "recruiter",
        "data-protection-officer",
        "administrator",
    ],
)
