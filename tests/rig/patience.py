"""How long "at once" may take on a busy machine, where what is waited for would else take far longer."""

SOON = 6.0  # seconds
SOON_MS = 6000
