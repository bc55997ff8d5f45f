// A ring in the corner that closes as the text is read. Says nothing that the scroll bar does not: hidden from ears.

const text = document.querySelector("[data-text]");
if (text) grow(text);

function grow(text) {
  const holder = document.createElement("div");
  holder.className = "progress";
  holder.setAttribute("aria-hidden", "true");
  holder.innerHTML =
    '<svg viewBox="0 0 24 24"><path class="track" d="M14.4 3.34A9 9 0 1 0 20.66 9.6"/>' +
    '<path class="done" pathLength="100" d="M14.4 3.34A9 9 0 1 0 20.66 9.6"/></svg>';
  document.body.append(holder);
  const done = holder.querySelector(".done");
  let waits = false;

  function draw() {
    waits = false;
    const box = text.getBoundingClientRect();
    const way = Math.max(1, box.height - innerHeight * 0.6);
    const share = Math.min(1, Math.max(0, (innerHeight * 0.25 - box.top) / way));
    done.setAttribute("stroke-dasharray", `${(share * 100).toFixed(1)} 200`);
    holder.toggleAttribute("data-shown", share > 0.01 && box.bottom > innerHeight * 0.2);
    holder.toggleAttribute("data-done", share >= 0.995);
  }

  function ask() {
    if (!waits) requestAnimationFrame(draw);
    waits = true;
  }

  addEventListener("scroll", ask, { passive: true });
  addEventListener("resize", ask, { passive: true });
  draw();
}
