"""Who reads the journal. Nobody writes in it by hand."""

from yole.base.permissions import declare

READ = "journal.read"

declare(READ, ["data-protection-officer", "territory-coordinator"])
