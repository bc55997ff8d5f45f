// At the end of a text a small region offers the page's own sign-up form. It takes no focus, Escape closes it, and it
// comes once in fourteen days; never to known readers, nor to who used a form already. Without script the form is there.

const REST = 14 * 24 * 60 * 60 * 1000;
const KEY = "circolare-offered";
const model = document.querySelector("template[data-slide]");
const end = document.querySelector(".end-mark");
const panel = document.querySelector("section.panel[id^=signup-]:has(> form)");

if (model && end && panel && Date.now() - remembered() > REST) wait();

function remembered() {
  try {
    return Number(localStorage.getItem(KEY)) || 0;
  } catch {
    return Infinity; // no memory is no leave to come again and again
  }
}

function remember() {
  try {
    localStorage.setItem(KEY, Date.now());
  } catch {
    // private windows may refuse
  }
}

function wait() {
  let isInSight = false;
  let slide = null;
  panel.addEventListener("submit", remember);
  const watched = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (entry.target === panel) isInSight = entry.isIntersecting;
      else if (!slide && (entry.isIntersecting || entry.boundingClientRect.top < 0)) slide = isInSight ? null : open(close);
    }
    slide?.toggleAttribute("hidden", isInSight);
  });
  watched.observe(panel);
  watched.observe(end);
  addEventListener("keydown", (event) => event.key === "Escape" && slide && close());

  function close() {
    watched.disconnect();
    slide.remove();
    slide = null;
  }
}

function open(close) {
  const slide = model.content.firstElementChild.cloneNode(true);
  const [yes, no] = slide.querySelectorAll("button");
  slide.querySelector("h2").textContent = panel.querySelector("h2").textContent;
  slide.querySelector("p").textContent = panel.querySelector("p").textContent;
  yes.textContent = panel.querySelector("form .button").textContent;
  yes.addEventListener("click", () => {
    close();
    panel.scrollIntoView();
    panel.querySelector("input[type=email]").focus();
  });
  no.addEventListener("click", close);
  document.body.append(slide);
  remember();
  return slide;
}
