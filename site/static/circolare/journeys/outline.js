// The outline of a journey: each button and field asks the server for one change of the graph, puts the answer into
// the hidden text (its `change` event is what Wagtail's autosave listens to) and shows the new outline.
(() => {
  const UNDO_STEPS = 200;
  const { Controller } = window.StimulusModule;

  class OutlineController extends Controller {
    static targets = ["source", "view", "status", "undo"];
    static values = { url: String, journey: Number, failed: String };

    connect() {
      this.past = [];
      this.queue = Promise.resolve();
      this.element.addEventListener("keydown", this.keep);
    }

    disconnect() {
      this.element.removeEventListener("keydown", this.keep);
    }

    // Enter in a field means "take this", not "save the page".
    keep(event) {
      if (event.key === "Enter" && event.target.matches("input[data-name]")) {
        event.preventDefault();
        event.target.dispatchEvent(new Event("change", { bubbles: true }));
      }
    }

    act(event) {
      const { action, ...wish } = event.currentTarget.dataset;
      this.ask(wish, event.currentTarget);
    }

    change(event) {
      event.stopPropagation();
      const form = event.currentTarget.closest("[data-outline-form]");
      const { outlineForm, ...wish } = form.dataset;
      const values = {};
      form.querySelectorAll("[data-name]").forEach((field) => {
        values[field.dataset.name] = field.value;
      });
      this.ask({ ...wish, values });
    }

    undo() {
      if (this.past.length) this.ask({ do: "show", undone: true });
    }

    ask(wish, button) {
      this.queue = this.queue.then(() => this.send(wish, button)).catch(() => this.say(this.failedValue));
    }

    async send(wish, button) {
      const before = this.sourceTarget.value;
      const graph = wish.undone ? this.past[this.past.length - 1] : before;
      const response = await fetch(this.urlValue, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.token() },
        body: JSON.stringify({ graph, wish, journey: this.journeyValue || null }),
      });
      const answer = await response.json();
      if (!response.ok) return this.say(answer.said);
      if (wish.undone) this.past.pop();
      else if (answer.graph !== before) this.past = [...this.past, before].slice(-UNDO_STEPS);
      this.show(answer, before, button);
      return undefined;
    }

    show(answer, before, button) {
      const done = button && button.closest("details");
      const open = [...this.viewTarget.querySelectorAll("details[open]")].filter((details) => details !== done);
      const held = this.held();
      this.viewTarget.innerHTML = answer.html;
      open.forEach((details) => this.open(details.id));
      if (answer.graph !== before) {
        this.sourceTarget.value = answer.graph;
        this.sourceTarget.dispatchEvent(new Event("change", { bubbles: true }));
      }
      this.undoTarget.disabled = !this.past.length;
      if (answer.said) this.say(answer.said);
      this.settle(answer, held, button);
    }

    open(id) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }

    // Where the person was, and what they were typing, while the answer was on its way.
    held() {
      const field = document.activeElement;
      if (!this.viewTarget.contains(field)) return null;
      const isTyped = field.matches("input, textarea") && field.value !== field.defaultValue;
      const place = field.matches("summary") ? `#${field.parentElement.id} > summary` : field.id && `#${field.id}`;
      return { place, value: isTyped ? field.value : null };
    }

    settle({ focus, opens }, held, button) {
      if (focus) {
        if (opens) this.open(`edit-${focus}`);
        const form = opens && document.getElementById(`edit-${focus}`);
        const target = form ? form.querySelector("[data-name]") : document.getElementById(`step-${focus}`);
        if (target) target.focus();
        return;
      }
      const field = held && held.place ? document.querySelector(held.place) : null;
      if (field && !field.disabled) {
        if (held.value !== null) field.value = held.value;
        field.focus({ preventScroll: !button });
      } else if (button) {
        const step = button.dataset.step && document.getElementById(`step-${button.dataset.step}`);
        (step || document.getElementById("journey-add-entry")).focus();
      }
    }

    say(text) {
      this.statusTarget.textContent = text;
    }

    token() {
      return document.querySelector("[name=csrfmiddlewaretoken]").value;
    }
  }

  window.wagtail.app.register("journey-outline", OutlineController);
})();
