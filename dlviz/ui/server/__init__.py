"""The server's own matters: its life, the owner's cookie, cached models, style."""
