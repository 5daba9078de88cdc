"""What must not stay in free text: social-security numbers (refused), bank accounts and words about health (a warning, then a choice)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yole.kernel.text import fold

NIR, IBAN, HEALTH = "nir", "iban", "sante"
LABELS = {
    NIR: "un numéro de sécurité sociale",
    IBAN: "un numéro de compte bancaire",
    HEALTH: "une information de santé",
}
_GAP = r"[\s.\-/\u00a0\u202f]*"
# Sex, year, month (fictive months go up to 99), département (2A and 2B for Corsica), commune, order, then the key.
_NIR = re.compile(
    rf"(?<![0-9A-Za-z])[1-478]{_GAP}\d{_GAP}\d{_GAP}\d{_GAP}\d{_GAP}\d{_GAP}[\dABab]{_GAP}(?:\d{_GAP}){{5}}\d(?:{_GAP}\d{_GAP}\d)?(?![0-9A-Za-z])"
)
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Za-z]{2}\d{2}(?:[\s\u00a0\u202f.\-]?[0-9A-Za-z]){11,30}(?![0-9A-Za-z])")
# Folded beginnings of words. « malade » is one, « maladresse » is not.
_HEALTH = re.compile(
    r"\b(?:maladi\w*|malades?|cancer\w*|tumeur\w*|diabet\w*|depress(?:ion|if|ive|ifs|ives)\w*|schizo\w*|bipolair\w*|psychiatr\w*|psycholog\w*"
    r"|handicap\w*|invalidit\w*|epilep\w*|alzheimer|parkinson|vih|sida|seropositi\w*|hepatit\w*|drepanocyt\w*|dialys\w*|chimio\w*"
    r"|hospitalis\w*|operee?s? d[eu]|enceinte|grossesse|avortement|ivg|alcooli\w*|toxicoman\w*|addict\w*|traitement medical|medicament\w*"
    r"|antidepress\w*|ordonnance|diagnosti(?:que|quee) (?:par|a l)|avc|infarctus|insuline|trisomi\w*|autis\w*|mdph|ald)\b"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """`kind` is nir, iban or sante; `text` is what was found, as it was written."""

    kind: str
    text: str

    @property
    def label(self) -> str:
        return LABELS[self.kind]


def nir_key(body: str) -> int | None:
    """The key of the 13 first characters: 97 − n mod 97, Corsica read as 19 and 18 (2A, 2B). None when it is not a number."""
    body = body.upper()
    digits = body[:5] + {"2A": "19", "2B": "18"}.get(body[5:7], body[5:7]) + body[7:]
    return 97 - int(digits) % 97 if len(digits) == 13 and digits.isdigit() else None


def _is_nir(written: str) -> bool:
    kept = "".join(c for c in written if c.isalnum()).upper()
    if len(kept) not in (13, 15):
        return False
    month = int(kept[3:5]) if kept[3:5].isdigit() else 0
    # Months of a birth (1 to 12) and those given when it is not known (20, 30 to 42, 50 to 99).
    shaped = 1 <= month <= 12 or month == 20 or 30 <= month <= 42 or month >= 50
    if not shaped or nir_key(kept[:13]) is None:
        return False
    return len(kept) == 13 or (kept[13:].isdigit() and nir_key(kept[:13]) == int(kept[13:]))


def _is_iban(written: str) -> bool:
    kept = "".join(c for c in written if c.isalnum()).upper()
    if not 15 <= len(kept) <= 34:
        return False
    return int("".join(str(int(c, 36)) for c in kept[4:] + kept[:4])) % 97 == 1


def _ibans(text: str) -> list[str]:
    """Bank account numbers, even when words follow without punctuation: the longest start whose control holds."""
    found = []
    for match in _IBAN.finditer(text):
        written = match.group()
        while len(written) >= 15:
            if _is_iban(written):
                found.append(written)
                break
            written = written[:-1].rstrip()
    return found


def scan(text: str) -> list[Finding]:
    """What is to be asked about before saving, in order of gravity; each once."""
    found = [Finding(NIR, match.group().strip()) for match in _NIR.finditer(text) if _is_nir(match.group())]
    found += [Finding(IBAN, written) for written in _ibans(text)]
    found += [Finding(HEALTH, match.group()) for match in _HEALTH.finditer(fold(text))]
    return list(dict.fromkeys(found))
