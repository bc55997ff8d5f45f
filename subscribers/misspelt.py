"""Did the hand slip? Domains that are certainly a big provider's, written wrong: nobody has a mailbox there.

Whoever is asked cannot insist, so only what no provider uses stands here: endings that do not exist, and names that
were looked at one by one. `hotmail.it`, `yahoo.it`, `live.com` and their like are real.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


PROVIDERS = (
    *("gmail.com", "googlemail.com", "hotmail.com", "hotmail.it", "outlook.com", "outlook.it", "live.com", "live.it"),
    *("yahoo.com", "yahoo.it", "icloud.com", "libero.it", "virgilio.it", "tiscali.it", "alice.it", "tin.it"),
)
# None of these is a top-level domain (IANA's list, 2026-11), so no mail can arrive there.
ENDINGS = {
    "com": _words("cim cmo ckm coom comm con conm copm cpm ocm vcom vom xom"),
    "it": _words("ii iit itt itl ti ut"),
}
NAMES = {
    "gmail.com": _words(
        "gmail.cm gmail.co gmail.om gmai.com gmaik.com gmaile.com gmaill.com gmal.com gmali.com gmaul.com gmial.com "
        "gmil.com gmsil.com gnail.com gamil.com ggmail.com"
    ),
    "hotmail.com": _words("hotmai.com hotmal.com hotmial.com hotmil.com hotmaill.com hotamil.com"),
    "hotmail.it": _words("hotmai.it hotmal.it hotmial.it hotmil.it hotmaill.it hotamil.it"),
    "outlook.com": _words("outlok.com outllok.com outloook.com outlool.com oulook.com otlook.com outook.com"),
    "outlook.it": _words("outlok.it outllok.it outloook.it oulook.it outook.it"),
    "yahoo.com": _words("yaho.com yahooo.com yhaoo.com yhoo.com yaoo.com"),
    "yahoo.it": _words("yaho.it yahooo.it yhaoo.it yhoo.it yaoo.it"),
    "icloud.com": _words("iclod.com icoud.com icluod.com iclould.com icloude.com iclud.com"),
    "libero.it": _words("libeo.it lbero.it liberoo.it libbero.it"),
    "virgilio.it": _words("virgillio.it vrigilio.it virglio.it virgiglio.it virigilio.it"),
    "tiscali.it": _words("tiscalli.it tisali.it tiscai.it tscali.it ticsali.it tisacli.it"),
}
MEANT = {wrong: right for right, all_wrong in NAMES.items() for wrong in all_wrong} | {
    f"{name}.{wrong}": f"{name}.{right}"
    for name, right in (domain.split(".") for domain in PROVIDERS)
    for wrong in ENDINGS[right]
}


def meant(written: str) -> str:
    """The address that was surely meant, the part before the @ as it was written; empty where nothing is sure."""
    local, _at, domain = written.rpartition("@")
    return f"{local}@{MEANT[domain]}" if domain in MEANT else ""
