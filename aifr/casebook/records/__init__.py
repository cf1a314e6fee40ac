"""Where records and embeddings are kept: SQLite with a numpy matrix, or Firestore."""
