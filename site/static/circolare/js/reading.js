// Tells our own server that a piece was really read, for people alone who came by a link that carries a token in
// its fragment (#r=…). The token leaves the address bar at once, so that a copied address names nobody.

const SECONDS = 10; // in sight at least so long, or half of the piece's reading time where that is shorter
const DEPTH = 60; // per cent of the text that came into sight

const token = new URLSearchParams(location.hash.slice(1)).get("r");
const piece = document.querySelector("[data-page]");
const text = document.querySelector("[data-text]");

if (token) {
  history.replaceState(history.state, "", location.pathname + location.search);
}
if (token && text && piece?.dataset.page) {
  watch(token, piece.dataset.page, Number(piece.dataset.seconds) || 0);
}

function watch(token, page, readingSeconds) {
  const wanted = Math.min(SECONDS, readingSeconds / 2 || SECONDS);
  let seconds = 0;
  let depth = 0;
  const clock = setInterval(() => {
    if (document.visibilityState !== "visible") return;
    seconds += 1;
    depth = Math.max(depth, seen(text));
    if (seconds < wanted || depth < DEPTH) return;
    clearInterval(clock);
    navigator.sendBeacon("/b", new URLSearchParams({ token, page, seconds, depth: Math.round(depth) }));
  }, 1000);
}

function seen(element) {
  const box = element.getBoundingClientRect();
  return box.height ? Math.min(100, Math.max(0, ((innerHeight - box.top) / box.height) * 100)) : 100;
}
