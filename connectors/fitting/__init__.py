"""Making of any content what a channel can carry. Pure. Start reading at `fit.py`.

Nothing that was said is lost: buttons become a list, a list becomes numbered text, a carousel becomes cards
and then text with links, a file becomes a link, and a long text as few messages as the limit allows.
"""

from connectors.fitting.answers import meant
from connectors.fitting.fit import fit
from connectors.fitting.values import Answer, Change, Fitted

__all__ = ["Answer", "Change", "Fitted", "fit", "meant"]
