"""Keys, proofs, lists of status, verification, containers. Plain values only: no framework, files, clock or network."""
