"""The values of the inbox: frozen, without any input or output. The verbs live in `inbox/actions`."""
