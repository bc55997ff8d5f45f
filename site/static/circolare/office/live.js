// Fetches the live part of the monitor again and again: each 2 s while the page is seen, each 15 s while hidden.
// Screen readers hear quarters and changes of state only. What somebody is about to press or is typing into stays.
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

function isInUse(section) {
  return section.contains(document.activeElement) || section.querySelector("details[open]") !== null;
}

// The same link or button in the new part; the state where it is gone, so that the keyboard does not fall to the top.
function twin(held, section) {
  const same = (one) => one.getAttribute("href") === held.getAttribute("href") && one.value === held.value;
  return [...section.querySelectorAll(held.tagName)].find(same) ?? part.querySelector(".office-state");
}

function swap(old, fresh) {
  if (old.dataset.verbs !== undefined && old.dataset.verbs === fresh.dataset.verbs && isInUse(old)) return;
  const held = old.contains(document.activeElement) ? document.activeElement : null;
  old.replaceWith(fresh);
  if (held) twin(held, fresh).focus({ preventScroll: true });
}

function show(html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const named = [...fresh.content.querySelectorAll("[data-part]")];
  if (named.length === 0 && !part.contains(document.activeElement)) part.replaceChildren(fresh.content);
  for (const section of named) {
    const old = part.querySelector(`[data-part="${section.dataset.part}"]`);
    if (old) swap(old, section);
  }
}

async function refresh() {
  try {
    const response = await fetch(part.dataset.live, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (response.ok) {
      const before = read(part);
      show(await response.text());
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
