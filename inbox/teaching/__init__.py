"""How the bot learns: jobs, models and which of them answers, and what customers' messages teach."""
