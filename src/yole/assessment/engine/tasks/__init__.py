"""Hands-on tasks as state machines on plain values: closed lists of acts, replay of a log, score. No framework, files, clock or network.

`static/assessment/tasks/machine.js` is the same machine in the page; both replay the same logs in the tests.
"""

from yole.assessment.engine.tasks.machine import Machine, Outcome, Rule, as_data, holds, replay, unknown_acts
from yole.assessment.engine.tasks.machines import MACHINES

__all__ = ["MACHINES", "Machine", "Outcome", "Rule", "as_data", "holds", "replay", "unknown_acts"]
