// Fetches one of our side panels when it is opened, and the email checks after each saving, for their counter.
const RED = "w-bg-critical-200";
const PLAIN = "w-bg-surface-button-default";

async function fill(content) {
  if (!content.dataset.officePanel) return;
  content.setAttribute("aria-busy", "true");
  try {
    const response = await fetch(content.dataset.officePanel, { headers: { "X-Requested-With": "XMLHttpRequest" } });
    if (response.ok) content.innerHTML = await response.text();
  } catch {
    // The network is away: what stands there stays, or the link to the numbers on their own.
  }
  content.removeAttribute("aria-busy");
  if (content.hasAttribute("data-office-known")) count(content);
}

function count(content) {
  const name = content.closest("[data-side-panel]").dataset.sidePanel;
  const counter = document.querySelector(`[data-side-panel-toggle="${name}"] [data-side-panel-toggle-counter]`);
  const lists = [...content.querySelectorAll("[data-office-findings]")];
  const found = lists.reduce((sum, list) => sum + Number(list.dataset.officeFindings), 0);
  const stops = content.querySelector("[data-office-stops]") !== null;
  counter.textContent = found;
  counter.hidden = found === 0;
  counter.classList.toggle(RED, stops);
  counter.classList.toggle(PLAIN, !stops);
}

for (const content of document.querySelectorAll("[data-office-panel]")) {
  const panel = content.closest("[data-side-panel]");
  panel.addEventListener("show", () => fill(content));
  if (!panel.hidden) fill(content);
  if (content.hasAttribute("data-office-known")) document.addEventListener("w-autosave:success", () => fill(content));
}
