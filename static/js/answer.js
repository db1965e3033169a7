// Answering made lighter: each choice is saved at once and moves on by itself, without a new page.
// The page works without this, and nothing here knows a word that is not in the page. With saving.js.

const ADVANCE_AFTER = 350; // milliseconds: long enough to see what was chosen
const QUIET_AFTER_MOVE = 300; // a second tap of the same thumb must not answer the next question
const SAY_SAVING_AFTER = 400;
const NOTE_PAUSE = 800;
const NOT_APPLICABLE = "na";

// --- The page -------------------------------------------------------------------------------------

class Page {
  constructor(root, data) {
    this.root = root;
    this.data = data;
    this.words = root.dataset;
    this.number = data.number;
    this.answers = new Map(Object.entries(data.answers));
    this.notes = new Map(Object.entries(data.notes));
    this.form = root.querySelector("form");
    this.question = root.querySelector(".answer__question");
    this.choices = root.querySelector(".choices");
    this.status = root.querySelector(".answer__saved");
    this.back = root.querySelector("[value=back]");
    this.textarea = this.form.elements.note;
    this.watch = new Watch();
    this.watch.look(this.item.code);
    this.saver = new Saver(data.save, this.form.elements.csrfmiddlewaretoken.value, this.watch);
    this.shownAt = -Infinity;
    this.pointerAt = -Infinity;
    const moves = root.querySelector("[data-moves]");
    moves.textContent = moves.dataset.moves;
    this.listen();
    history.replaceState({ number: this.number }, "");
    this.takeOver();
  }

  // What was chosen or typed before this script was there, on a slow connection.
  takeOver() {
    const checked = this.inputs.find((input) => input.checked);
    if (checked && checked.value !== this.chosen()) this.choose(checked, false);
    if (this.textarea.value !== this.textarea.defaultValue) {
      this.noteTyped = true;
      this.keepNote();
    }
  }

  get item() {
    const [code, options, mayNotApply, aboutSomeone] = this.data.items[this.number - 1];
    return { code, options: this.data.options[options], mayNotApply, aboutSomeone };
  }

  get inputs() {
    return Array.from(this.choices.querySelectorAll("input"));
  }

  listen() {
    this.choices.addEventListener("pointerdown", () => (this.pointerAt = performance.now()));
    this.choices.addEventListener("click", (event) => this.onClick(event));
    this.choices.addEventListener("change", (event) => this.choose(event.target, this.byPointer()));
    this.form.addEventListener("submit", (event) => this.onSubmit(event));
    document.addEventListener("keydown", (event) => this.onKey(event));
    addEventListener("popstate", (event) => this.onHistory(event));
    addEventListener("beforeunload", (event) => {
      if (!this.saver.clean && !this.saver.stopped) event.preventDefault();
    });
    addEventListener("online", () => this.saver.flush());
    document.addEventListener("visibilitychange", () => this.keepNote());
    this.textarea.addEventListener("input", () => {
      clearTimeout(this.noteTimer);
      this.noteTimer = setTimeout(() => this.keepNote(), NOTE_PAUSE);
      this.noteTyped = true;
    });
    this.saver.addEventListener("saving", () => {
      this.savingTimer = setTimeout(() => this.say(this.words.saving), SAY_SAVING_AFTER);
    });
    this.saver.addEventListener("saved", () => this.onSaved());
    this.saver.addEventListener("unsaved", () => {
      this.say(this.leaving ? this.words.waiting : this.words.unsaved.replace("{number}", this.saver.waiting));
    });
    this.saver.addEventListener("stopped", (event) => this.onStopped(event.detail));
  }

  byPointer() {
    return performance.now() - this.pointerAt < 1000;
  }

  // --- Choosing

  onClick(event) {
    if (!event.target.matches("input, .choice, .choice *")) return;
    if (this.byPointer() && this.pointerAt - this.shownAt < QUIET_AFTER_MOVE) {
      event.preventDefault();
      return;
    }
    const input = event.target;
    // The answer that stands already, pressed again: move on.
    if (input.matches("input") && this.byPointer() && this.chosen() === input.value) {
      this.advance();
    }
  }

  chosen() {
    const value = this.answers.get(this.item.code);
    if (value === undefined) return undefined;
    return value === null ? NOT_APPLICABLE : String(value);
  }

  choose(input, moveOn) {
    const value = input.value === NOT_APPLICABLE ? null : Number(input.value);
    const { code } = this.item;
    this.answers.set(code, value);
    this.chosenAt = performance.now();
    this.moveOn = moveOn;
    clearTimeout(this.moveTimer);
    const atLeast = this.data.help[code];
    if (atLeast !== undefined && value !== null && value >= atLeast) this.showHelp();
    this.saver.answer(code, value);
  }

  onSaved() {
    this.say(this.words.saved);
    if (this.leaving) location.assign(this.leaving);
    else if (this.moveOn) this.advance();
  }

  // Moves on once the choice has been seen for a moment; never past help.
  advance() {
    this.moveOn = false;
    const from = this.number;
    const rest = ADVANCE_AFTER - (performance.now() - (this.chosenAt ?? 0));
    clearTimeout(this.moveTimer);
    this.moveTimer = setTimeout(() => {
      if (this.number === from && !this.help) this.next();
    }, Math.max(rest, ADVANCE_AFTER / 2));
  }

  // --- Moving

  next() {
    if (this.data.then === "review" || this.number === this.data.items.length) this.leave(this.data.review);
    else this.show(this.number + 1);
  }

  previous() {
    if (this.number === 1) this.leave(this.data.start);
    else this.show(this.number - 1);
  }

  // Another page: only once everything is saved.
  leave(address) {
    this.keepNote();
    if (this.saver.clean) {
      location.assign(address);
      return;
    }
    this.leaving = address;
    this.say(this.words.waiting);
    this.saver.flush();
  }

  show(number, remember = true) {
    clearTimeout(this.moveTimer);
    this.keepNote();
    this.number = number;
    this.watch.look(this.item.code);
    this.moveOn = false;
    this.leaving = undefined;
    const place = this.data.item.replace("{number}", number);
    if (remember) history.pushState({ number }, "", place + location.search.replace("help=1", ""));
    this.form.action = place;
    this.draw();
    this.shownAt = performance.now();
    this.question.focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  draw() {
    const { options, mayNotApply, aboutSomeone } = this.item;
    const count = this.data.items.length;
    const fill = (words) => words.replace("{number}", this.number).replace("{count}", count);
    this.hideHelp();
    this.root.querySelector(".answer__error")?.remove();
    this.root.querySelector(".answer__whom")?.toggleAttribute("data-away", !aboutSomeone);
    const [shown, ...texts] = this.question.children;
    shown.textContent = texts[this.number - 1].dataset.text;
    const choices = options.map(([value, label]) => this.choice(String(value), label));
    if (mayNotApply) choices.push(this.choice(NOT_APPLICABLE, this.data.notApplicable));
    this.choices.replaceChildren(...choices);
    this.textarea.value = this.notes.get(this.item.code) ?? "";
    this.textarea.closest("details").open = this.textarea.value !== "";
    this.root.querySelector("progress").value = this.number;
    this.root.querySelector(".answer__count").textContent = fill(this.words.count);
    document.title = fill(this.words.title);
  }

  choice(value, label) {
    const box = document.createElement("label");
    box.className = value === NOT_APPLICABLE ? "choice choice--quiet" : "choice";
    const input = document.createElement("input");
    Object.assign(input, { type: "radio", name: "answer", value, checked: this.chosen() === value });
    const text = document.createElement("span");
    text.className = "choice__text";
    text.textContent = label;
    box.append(input, text);
    return box;
  }

  // --- Help at once

  showHelp() {
    this.hideHelp();
    const template = document.querySelector("template[data-help]");
    this.help = template.content.firstElementChild.cloneNode(true);
    this.form.before(this.help);
    this.help.querySelector("h2").focus({ preventScroll: true });
    scrollTo(0, 0);
  }

  hideHelp() {
    this.root.querySelector(".answer__crisis")?.remove();
    this.help = undefined;
  }

  // --- Words about saving

  say(words) {
    clearTimeout(this.savingTimer);
    this.status.textContent = words;
  }

  onStopped(sentence) {
    this.say(this.words.stopped);
    const alert = document.createElement("p");
    alert.className = "answer__error";
    alert.setAttribute("role", "alert");
    alert.textContent = sentence || this.words.anew;
    this.root.querySelector(".answer__error")?.remove();
    this.form.before(alert);
    for (const button of this.form.querySelectorAll("button, input")) button.disabled = true;
    scrollTo(0, 0);
  }

  keepNote() {
    clearTimeout(this.noteTimer);
    if (!this.noteTyped) return;
    this.noteTyped = false;
    this.notes.set(this.item.code, this.textarea.value);
    this.saver.note(this.item.code, this.textarea.value);
  }

  // --- Keys

  onSubmit(event) {
    event.preventDefault();
    if (event.submitter === this.back) this.previous();
    else this.next();
  }

  onHistory(event) {
    // Once saving has stopped, only the server's own page says what still can be done.
    if (this.saver.stopped) location.reload();
    else if (event.state?.number) this.show(event.state.number, false);
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target === this.textarea) return;
    const { inputs } = this;
    const digit = /^[1-9]$/.test(event.key) ? inputs[Number(event.key) - 1] : undefined;
    if (digit && !event.repeat) {
      this.take(digit, true);
    } else if (/^Arrow(Up|Down)$/.test(event.key) && !event.target.matches("input, summary, button")) {
      const checked = inputs.findIndex((input) => input.checked);
      const step = event.key === "ArrowDown" ? 1 : -1;
      const start = checked < 0 && step < 0 ? 0 : checked;
      this.take(inputs[(start + step + inputs.length) % inputs.length], false);
    } else return;
    event.preventDefault();
  }

  take(input, moveOn) {
    if (input.disabled) return;
    input.checked = true;
    input.focus({ preventScroll: true });
    this.choose(input, moveOn);
  }
}

new Page(document.querySelector("[data-answer]"), JSON.parse(document.getElementById("form-data").textContent));
