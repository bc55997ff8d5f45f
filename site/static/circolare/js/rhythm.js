// The reading-rhythm calculator: minutes, speed and letters become a number of pieces a week and the rhythm that fits.
// Nothing leaves the page. Without script the form stays hidden and the table beside it says the same for one reader.

const FASTEST = 1200; // words a minute; above, nobody reads

for (const tool of document.querySelectorAll("[data-rhythm]")) start(tool);

function start(tool) {
  const form = tool.querySelector("[data-tool]");
  const answer = tool.querySelector("[data-answer]");
  form.hidden = answer.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => say(tool, form, answer));
  measure(tool, form, () => say(tool, form, answer));
  say(tool, form, answer);
}

function say(tool, form, answer) {
  const [minutes, rate, letters] = ["minutes", "rate", "letters"].map((name) => form.elements[name]);
  const words = answer.dataset;
  const fits = answer.querySelector("[data-rhythm-fits]");
  const why = answer.querySelector("[data-rhythm-why]");
  for (const field of [minutes, rate, letters]) field.setAttribute("aria-invalid", !field.checkValidity());
  if (!form.checkValidity()) {
    fits.textContent = "";
    why.textContent = words.wrong;
    return;
  }
  const { room, rhythm } = work(tool, minutes.valueAsNumber, rate.valueAsNumber, letters.valueAsNumber);
  fits.textContent = words[rhythm];
  why.textContent = `${sentence(room, words)} ${others(room, letters.valueAsNumber, words)}`.trim();
}

// Room for whole pieces in a week, and which of our rhythms what other letters leave of it can carry.
function work(tool, minutes, rate, letters) {
  const room = Math.floor((minutes * 7 * rate) / Number(tool.dataset.words));
  const left = room - letters;
  const ours = Number(tool.dataset.aWeek) || Infinity;
  return { room, rhythm: left >= ours ? "each" : left >= 1 ? "weekly" : "none" };
}

function sentence(room, words) {
  if (room === 0) return words.roomNone;
  return room === 1 ? words.roomOne : filled(words.room, room);
}

// What the letters of others do to that room: they may be more than fit.
function others(room, letters, words) {
  if (room === 0 || letters === 0) return "";
  if (letters > room) return filled(words.takenOver, letters);
  if (letters === room) return words.takenAll;
  return letters === 1 ? words.takenOne : filled(words.taken, letters);
}

function filled(text, number) {
  return text.replace("{n}", new Intl.NumberFormat(document.documentElement.lang).format(number));
}

function measure(tool, form, after) {
  const part = tool.querySelector("[data-measure]");
  const [begin, done, text, result] = ["begin", "done", "text", "measured"].map((name) => part.querySelector(`[data-${name}]`));
  const n_words = text.textContent.trim().split(/\s+/).length;
  let began = 0;
  begin.addEventListener("click", () => {
    began = performance.now();
    result.textContent = "";
    turn(true);
    done.focus({ preventScroll: true });
  });
  done.addEventListener("click", () => {
    const rate = Math.round((n_words * 60_000) / (performance.now() - began));
    turn(false);
    begin.focus();
    if (rate > FASTEST) {
      result.textContent = result.dataset.tooFast;
      return;
    }
    form.elements.rate.value = Math.max(rate, Number(form.elements.rate.min));
    result.textContent = filled(result.dataset.sentence, rate);
    after();
  });

  function turn(isReading) {
    begin.hidden = isReading;
    done.hidden = text.hidden = !isReading;
  }
}
