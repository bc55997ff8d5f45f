// On a narrow screen a listing is a stack of cards (office.css): each cell then says the heading of its column.
function heading(cell) {
  const own = cell.querySelector("a, [data-heading]") ?? cell;
  return own.textContent.trim();
}

function label(table) {
  table.dataset.cards = "";
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  for (const row of table.tBodies[0]?.rows ?? []) {
    const cells = [...row.cells].filter((cell) => !cell.matches(".bulk-action-checkbox-cell, .children"));
    cells.forEach((cell, place) => {
      cell.classList.toggle("office-card-title", place === 0);
      cell.classList.toggle("office-card-nothing", place > 0 && !cell.textContent.trim() && !cell.querySelector("svg, img"));
      if (place > 0 && heads[cell.cellIndex]) cell.dataset.label = heading(heads[cell.cellIndex]);
    });
  }
}

function labelAll() {
  document.querySelectorAll("table.listing:not([data-cards])").forEach(label);
}

labelAll();
new MutationObserver(labelAll).observe(document.body, { childList: true, subtree: true });
