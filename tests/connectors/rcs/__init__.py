"""RCS: Google's envelopes in, Google's calls out."""
