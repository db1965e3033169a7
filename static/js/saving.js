// Keeps what was answered, and how long it took, until the server has it. For answer.js, beside which it
// is loaded: a plain script, since a module would be fetched only once the one that imports it was read.
// Nothing is kept in the browser but in memory.

const LONGEST_WAIT = 60_000; // milliseconds between two attempts

// --- Time: how long each question was before the eyes; what passes while the page is hidden is not

class Watch {
  constructor() {
    this.spent = {};
    document.addEventListener("visibilitychange", () => this.look(this.code));
  }

  // From now on at the question of this code.
  look(code) {
    const now = performance.now();
    if (this.since !== undefined) this.add({ [this.code]: (now - this.since) / 1000 });
    this.code = code;
    this.since = document.hidden ? undefined : now;
  }

  add(seconds) {
    for (const [code, value] of Object.entries(seconds)) this.spent[code] = (this.spent[code] ?? 0) + value;
  }

  // What was not taken yet, in seconds by code.
  take() {
    this.look(this.code);
    const taken = this.spent;
    this.spent = {};
    for (const code in taken) taken[code] = Number(taken[code].toFixed(2));
    return taken;
  }
}

// --- Saving: one request at a time, the newest answers first, again and again until it works ------

class Saver extends EventTarget {
  constructor(address, token, watch) {
    super();
    this.address = address;
    this.token = token;
    this.watch = watch;
    this.pending = new Map();
    this.notes = new Map();
    this.wait = 0;
    this.busy = false;
    this.stopped = false;
  }

  get clean() {
    return this.waiting === 0;
  }

  // How many answers and notes wait in memory.
  get waiting() {
    return this.pending.size + this.notes.size;
  }

  answer(code, value) {
    this.pending.set(code, value);
    this.flush();
  }

  note(code, text) {
    this.notes.set(code, text);
    this.flush();
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  async flush() {
    clearTimeout(this.timer);
    if (this.busy || this.clean || this.stopped) return;
    this.busy = true;
    const sent = { answers: Object.fromEntries(this.pending), seconds: this.watch.take() };
    if (this.notes.size) sent.notes = Object.fromEntries(this.notes);
    this.tell("saving");
    let response;
    try {
      response = await fetch(this.address, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRFToken": this.token },
        body: JSON.stringify(sent),
        keepalive: true,
      });
    } catch {
      response = undefined; // no connection
    }
    this.busy = false;
    if (!response?.ok) this.watch.add(sent.seconds);
    if (response?.ok) this.settle(sent);
    else if (response && response.status < 500 && response.status !== 429) await this.stop(response);
    else this.later();
  }

  settle(sent) {
    this.wait = 0;
    for (const [code, value] of Object.entries(sent.answers)) {
      if (this.pending.get(code) === value) this.pending.delete(code);
    }
    for (const [code, text] of Object.entries(sent.notes ?? {})) {
      if (this.notes.get(code) === text) this.notes.delete(code);
    }
    if (this.clean) this.tell("saved");
    else this.flush();
  }

  later() {
    this.wait = Math.min(this.wait * 2 || 1000, LONGEST_WAIT);
    this.timer = setTimeout(() => this.flush(), this.wait);
    this.tell("unsaved");
  }

  // The form is closed, or the page is out of date: trying again would not help.
  async stop(response) {
    this.stopped = true;
    let sentence = "";
    try {
      sentence = (await response.json()).sentence;
    } catch {
      // a page instead of JSON: the words of this page have to do
    }
    this.tell("stopped", sentence);
  }
}
