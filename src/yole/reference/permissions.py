"""Who may say that a sheet is up to date. Reading and searching are open to everybody."""

from yole.base.permissions import declare

SEE = "reference.see"  # the desk list: what is to be verified
VERIFY = "reference.verify"  # a sheet compared with the official one, a synonym reviewed

declare(SEE, ["mediator", "structure-coordinator", "territory-coordinator", "administrator"])
declare(VERIFY, ["mediator", "structure-coordinator", "territory-coordinator", "administrator"])
