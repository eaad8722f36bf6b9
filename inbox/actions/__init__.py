"""The verbs. Each one checks who asks, changes the store in one commit, and only then tells the bus."""
