"""What we are made of is free to be used in a closed house: no package under a licence that would bind it."""

import re
from importlib.metadata import Distribution, distributions

import pytest

ALLOWED = (
    "0BSD",
    "Apache",
    "BSD",
    "CC0-1.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL",
    "Mozilla Public License",
    "PSF",
    "Python Software Foundation",
    "Unlicense",
    "Zlib",
)
BARRED = re.compile(r"\b(A?GPL|LGPL|SSPL|BUSL|BSL|Affero|General Public|proprietary|commercial)\b", re.I)

INSTALLED = sorted({each.name: each for each in distributions()}.values(), key=lambda each: each.name)


def licences_of(package: Distribution) -> list[str]:
    """What a package says of itself, its most exact word first; of a longer text the first line."""
    said = package.metadata
    trove = [c.rpartition(" :: ")[2] for c in said.get_all("Classifier") or [] if c.startswith("License ::")]
    given = [said.get("License-Expression"), *trove, (said.get("License") or "").partition("\n")[0]]
    return [each for each in given if each and each not in ("DFSG approved", "OSI Approved")]


@pytest.mark.parametrize("package", INSTALLED, ids=lambda package: package.name)
def test_a_package_is_under_a_licence_that_we_may_use(package: Distribution) -> None:
    said = licences_of(package)
    assert said, f"{package.name} says nothing of its licence."
    assert not BARRED.search(" ".join(said)), f"{package.name} is under {said}."
    parts = re.split(r" (?:AND|OR|WITH) |[();]", said[0])
    wrong = [p for p in parts if p.strip() and not p.strip().startswith(ALLOWED)]
    assert not wrong, f"{package.name} is under {said[0]}: look it through, then allow it here."


def test_the_whole_environment_was_looked_at() -> None:
    names = {package.name.lower() for package in INSTALLED}
    assert {"aiohttp", "motor", "cryptography", "spacy"} <= names
