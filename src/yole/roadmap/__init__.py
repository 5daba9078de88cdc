"""The roadmap: what was promised, who answers for it, how it is measured, what came of it."""
