"""Where in a text its customer's own name stands, and where the same letters are only a word.

Who is called Gift orders gift cards. A name that is an everyday word is taken for the name where it
has a capital that the sentence does not ask for, or stands beside another part of the name; else it stays,
as “where is my Alex card” would teach nothing. Introductions (“my name is gift”) are found in `naming`.
"""

import re
from collections.abc import Iterator

_WORDS = (
    "i a is not here back the and order angel art autumn baker banks barber berry bill bishop black "
    "blessing bond book brown bush butler carpenter carter case cash chance charity chase christian "
    "chuck clay cook cooper crystal daisy dale dawn day dean destiny dollar drew earnest east eve ever "
    "faith farmer favour fields fisher ford forest frank friday gene gift glory goldsmith goodluck "
    "grace grant gray green grey guy hall happy harmony haven hazel heart heaven hill holiday hope "
    "hunter innocent iris ivory ivy jack jade jasmine jewel joy junior justice king knight lane lily "
    "little long love lucky major marina mark marsh mason may melody mercy miles miller mint miracle "
    "misty monday moon moore moses north ocean olive page park parks patience paul peace pearl penny "
    "piper pleasure poppy porter post potter precious price pride prince princess promise prosper "
    "prudence queen rain ray reed rich rivers robin rose royal ruby saturday savannah sea shepherd "
    "short silver sky skip smith snow south star sterling stone stormy success sue summer sunday sunny "
    "taylor teal temperance thursday tiffany treasure trinity true tuesday turner tyler van violet "
    "walker ward wednesday weaver west white will willow winter wisdom wolf wood woods young amber "
    "april august june ginger coral opal alba allegra amato angelo bella bello bianca bianchi bianco "
    "bruno bruni buono caro chiara chiaro conte corona costa dolce donato felice ferrari fiore franca "
    "franco gatto gioia grande greco grosso leone libero luce luna mare marino neri nero neve pace "
    "perla piccolo pinto rosa rossi rosso russo salvo santo sante serena sereno sole speranza stella "
    "verde verdi vera vero viola vita volpe abril ángel blanca blanco cabello campo campos casas cruz "
    "delgado dolores domingo esperanza estrella flor flores guerra herrero iglesias león leon luz mar "
    "moreno paz pilar prieto rey reyes rico rojas rojo rubio sol soledad consuelo vega victoria "
    "zapatero asha kiran jyoti shanti prem sagar raj vijay suraj khushi pooja puja deepak sona chand "
    "tara seema maya आशा किरण ज्योति शांति प्रेम सागर राज विजय सूरज खुशी पूजा दीपक सोना चाँद तारा सीमा "
    "माया "
)
WORDS = frozenset(_WORDS.split())
"""Names, in English, Italian, Spanish and Hindi, that customers also write for what they mean."""
_FEWEST_LETTERS = 3
_ENDS_A_SENTENCE = re.compile(r"(?:^|[.!?…।:\n])[\W_]*$")


def called_in(text: str, names: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Where the parts of the names stand in the text."""
    parts = {part.casefold() for name in names for part in name.split() if len(part) >= _FEWEST_LETTERS}
    for part in sorted(parts):
        for match in re.finditer(rf"(?<!\w){re.escape(part)}(?!\w)", text, re.IGNORECASE):
            if part not in WORDS or _is_meant(text, match, parts - {part}):
                yield match.start(), match.end()


def _is_meant(text: str, match: re.Match[str], others: set[str]) -> bool:
    before, after = text[: match.start()], text[match.end() :]
    beside = {word.casefold() for word in (*before.split()[-1:], *after.split()[:1])}
    if {word.strip(".,;:!?()“”\"'") for word in beside} & others:
        return True
    return match[0].istitle() and not text.istitle() and not _ENDS_A_SENTENCE.search(before)
