"""Age-invariant face recognition for finding missing people."""
