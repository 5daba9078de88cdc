"""Register of algorithms and AI uses: what decides or helps to decide, under which rules, and who answers for it."""
