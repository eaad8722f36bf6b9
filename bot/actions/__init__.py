"""What the bot does besides talking: rasa-sdk actions. See `README.md` to add one."""
