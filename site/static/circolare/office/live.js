// Fetches the live part of the monitor again and again: each 2 s while the page is seen, each 15 s while hidden.
// Screen readers hear quarters and changes of state only.
const SEEN_MS = 2000;
const HIDDEN_MS = 15000;
const SPOKEN = [25, 50, 75, 100];

const part = document.querySelector("[data-live]");
const voice = document.querySelector("[data-live-announce]");

function read(root) {
  const section = root.querySelector("[data-state]");
  return { state: section.dataset.state, percent: Number(section.dataset.percent) };
}

function announce(before, after) {
  const quarter = (percent) => SPOKEN.filter((step) => step <= percent).length;
  if (before.state === after.state && quarter(before.percent) === quarter(after.percent)) return;
  voice.textContent = `${part.querySelector(".office-state").textContent.trim()}, ${after.percent} %`;
}

async function refresh() {
  try {
    const response = await fetch(part.dataset.live, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (response.ok && !part.contains(document.activeElement)) {
      const before = read(part);
      part.innerHTML = await response.text();
      announce(before, read(part));
    }
  } catch {
    // The network is away: what is shown carries its time, the next round tries again.
  }
  const { state } = read(part);
  if (state !== "finished" && state !== "cancelled") plan();
}

function plan() {
  setTimeout(refresh, document.hidden ? HIDDEN_MS : SEEN_MS);
}

if (part && !part.hasAttribute("data-live-ended")) plan();
