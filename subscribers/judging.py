"""Did a human being do it? A verdict from what a request shows and from what else was done with the same mail.

Pure: values in, verdict out, so that an old event may be judged again when more is known. The order of the
rules is their strength: what only a machine does comes first, what a name claims comes last.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from crawleruseragents import is_crawler

from subscribers.models import Evidence, Kind

TOO_SOON_SECONDS = 2  # nobody has read the subject and found the link; scanners work while the mail arrives
OPENED_TOO_SOON_SECONDS = 5  # proxies fetch images on arrival
SWEEP_GAP_SECONDS = 2  # scanners walk the links one after another; a hand needs longer for the next tab
SWEEP_LINKS = 4  # so many in one walk is a machine, however many links the mail has
FRESH_SECONDS = 30  # in the first half minute two links in one walk are enough if there are no more
TRAP_SECONDS = 60  # visits around one to the hidden link were made by the same hand

# Before any list of bots: these stand in for a person's screen, and every list calls them bots.
PROXIES = {
    "google": re.compile(r"GoogleImageProxy"),
    "yahoo": re.compile(r"YahooMailProxy"),
    "apple": re.compile(r"Mozilla/5\.0\s*"),  # Mail Privacy Protection: this and nothing more
    "other": re.compile(r"(?i:image ?proxy)"),
}
# A hand on a browser: platform in brackets, then an engine.
BROWSER = re.compile(
    r"(Mozilla/[45]\.0 \([^)]*\).*(AppleWebKit|Gecko|KHTML|Presto)|Mozilla/[45]\.0 \(.*(MSIE|Trident)|Opera/\d)"
)
# Apps that show a page to a person inside themselves; some lists of bots name them.
IN_APP = re.compile(
    r"Instagram \d|MetaIAB|FBA[NV]/|LinkedInApp|\bLine/\d|MicroMessenger/\d|Viber/\d|GoogleApp/\d|"
    r"DuckDuckGo/\d.*Safari|MozacFetch/"
)
# What a machine says of itself: its trade, its library, or where to complain.
MACHINE_WORDS = re.compile(
    r"(?<!\bcu)(?<!\bCU)(?i:bot)(?![a-zA-Z])|Bot(?=[A-Z])|(?i:robot|crawl|spider|scrap[ei]|harvest|archiver|webcollage|grabber|"
    r"(?<!mozac)fetch(er|ing)?\b|monitor|uptime|health.?check|scanner|validator|link.?(check|expan|valid)|checker|"
    r"preview|headless|phantomjs|puppeteer|playwright|selenium|webdriver|cypress|lighthouse|synthetics?|inspect|"
    r"observatory|devtools|pageburst|gomezagent|dejaclick|transcoder|google-read|mediapartners|"
    r"\b(curl|wget|libwww-perl|lwp|python|java(?=/)|jakarta|okhttp|go-http|httpx|aiohttp|axios|node|undici|ruby|php|guzzle|"
    r"postman\w*|resty|rest-client|http-?client|http-kit|apachebench|clamav|nuclei)\b|\bpython-|"
    r"\b(rss|feed)\w*|https?:|www\.|[\w.-]+@[\w-]+\.[a-z]{2})"
)


@dataclass(frozen=True, slots=True)
class Act:
    """What one request showed."""

    kind: str
    agent: str  # the User-Agent as sent, may be empty
    method: str = "GET"
    seconds: float | None = None  # since the mail was accepted; None: not known, or no mail
    is_trap: bool = False  # the hidden link that no reader sees
    is_datacentre: bool = False  # from a network the administrator listed
    position: int = 0  # of the link in its mail
    n_links: int = 0  # of the mail, without the hidden one; 0: not known


@dataclass(frozen=True, slots=True)
class Visit:
    """Another visit to a link of the same mail."""

    position: int
    after_seconds: float  # from the act that is judged; negative: before it
    is_trap: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What we hold it for, and why in a word or two that the timeline shows."""

    evidence: str
    reason: str


def judge(act: Act, others: Sequence[Visit] = ()) -> Verdict:
    """A verdict on one act, seen beside the other visits to the same mail."""
    return _by_deed(act) or _by_company(act, others) or _by_agent(act)


def _by_deed(act: Act) -> Verdict | None:
    if act.is_trap:
        return Verdict(Evidence.MACHINE, "hidden link")
    if act.method not in {"GET", "POST"}:
        return Verdict(Evidence.MACHINE, f"{act.method[:20]} request")
    soon = OPENED_TOO_SOON_SECONDS if act.kind == Kind.MAIL_OPENED else TOO_SOON_SECONDS
    if act.seconds is not None and act.seconds < soon:
        return Verdict(Evidence.MACHINE, "as the mail arrived")
    if act.is_datacentre:
        return Verdict(Evidence.MACHINE, "data centre")
    return None


def _by_company(act: Act, others: Sequence[Visit]) -> Verdict | None:
    if any(visit.is_trap and abs(visit.after_seconds) <= TRAP_SECONDS for visit in others):
        return Verdict(Evidence.MACHINE, "beside the hidden link")
    n_walked = len(_walk(act, others))
    is_fresh = act.seconds is not None and act.seconds < FRESH_SECONDS
    is_whole_mail = act.n_links > 0 and n_walked >= act.n_links and n_walked >= (2 if is_fresh else 3)
    if n_walked >= SWEEP_LINKS or is_whole_mail:
        return Verdict(Evidence.MACHINE, "all links at once")
    return None


def _walk(act: Act, others: Sequence[Visit]) -> set[int]:
    """The different links that one unbroken walk through this act touched."""
    positions = {act.position}
    for direction in (1, -1):
        at = 0.0
        ahead = sorted((v.after_seconds * direction, v.position) for v in others if v.after_seconds * direction >= 0)
        for after, position in ahead:
            if after - at >= SWEEP_GAP_SECONDS:
                break
            at = after
            positions.add(position)
    return positions


def _by_agent(act: Act) -> Verdict:
    evidence, reason = read_agent(act.agent[:512])
    if reason.startswith("image proxy") and act.kind != Kind.MAIL_OPENED:
        return Verdict(Evidence.MACHINE, reason)
    return Verdict(evidence, reason)


@lru_cache(maxsize=8192)
def read_agent(agent: str) -> tuple[Evidence, str]:
    """What the User-Agent alone says: machine, human (an ordinary browser) or unsure, and why."""
    if not agent.strip():
        return Evidence.UNSURE, "no agent"
    for name, pattern in PROXIES.items():
        if pattern.fullmatch(agent) if name == "apple" else pattern.search(agent):
            return Evidence.UNSURE, f"image proxy: {name}"
    if MACHINE_WORDS.search(agent):
        return Evidence.MACHINE, "says so"
    if IN_APP.search(agent):
        return Evidence.HUMAN, "app"
    if is_crawler(agent):
        # Lists of bots name a few browsers: where it has a browser's shape, the list alone is no proof.
        return (Evidence.UNSURE if agent.startswith("Mozilla/5.0 ") else Evidence.MACHINE), "listed"
    return (Evidence.HUMAN, "browser") if BROWSER.match(agent) else (Evidence.UNSURE, "unknown agent")
