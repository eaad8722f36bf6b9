"""WhatsApp: bodies written from Meta's documentation, signatures made by OpenSSL."""
