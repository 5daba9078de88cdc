"""Pure computation of the journal: canonical form, chain, Merkle tree, signed heads, and the reader that verifies an export."""
