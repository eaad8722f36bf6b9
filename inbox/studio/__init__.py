"""The studio: what the bot is taught, read and changed as plain Rasa YAML."""
