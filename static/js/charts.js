// Charts come alive: hover, touch and keyboard show what a point says, and the same moment is lit in
// every chart of its group. The SVG is complete without this; nothing here knows a word or a number
// that is not in its data-* attributes (assessments/charts/chart.py writes them).

const SVG = "http://www.w3.org/2000/svg";
const SAME_MOMENT = 0.75; // days: two charts mean the same form
const NEAR = 44; // pixels of the drawing: how far from a point of the map it still answers
const GRACE = 160; // milliseconds to reach the tooltip with the pointer

function create(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function readPoint(element) {
  const { at, until, x, y, tip, short } = element.dataset;
  return {
    element,
    at: Number(at),
    until: until === undefined ? undefined : Number(until),
    x: Number(x),
    y: Number(y),
    tip: (tip ?? "").split("\n"),
    short: short ?? "",
  };
}

class Picture {
  constructor(svg) {
    this.svg = svg;
    this.kind = svg.dataset.chart;
    this.group = svg.dataset.group;
    this.points = Array.from(svg.querySelectorAll(".chart-point"), readPoint);
    for (const edge of ["first", "last", "left", "right", "top", "bottom"]) {
      this[edge] = Number(svg.dataset[edge]);
    }
    this.overlay = create("g", { "aria-hidden": "true" });
    svg.append(this.overlay);
    this.current = this.points.length - 1;
    this.describe();
  }

  // One image becomes a group of points with one tab stop. The <title> would show as a second,
  // native tooltip, so its words move to aria-label.
  describe() {
    const title = this.svg.querySelector("title");
    if (title) {
      this.svg.setAttribute("aria-label", title.textContent);
      this.svg.removeAttribute("aria-labelledby");
      title.remove();
    }
    if (!this.points.length) return;
    this.svg.setAttribute("role", "group");
    this.points.forEach((point, index) => {
      point.element.setAttribute("role", "img");
      point.element.setAttribute("aria-label", point.tip.join(". "));
      point.element.setAttribute("tabindex", index === this.current ? "0" : "-1");
    });
  }

  moveTo(index) {
    const last = this.points.length - 1;
    const next = Math.min(last, Math.max(0, index));
    this.points[this.current].element.setAttribute("tabindex", "-1");
    this.current = next;
    this.points[next].element.setAttribute("tabindex", "0");
    this.points[next].element.focus({ preventScroll: true });
  }

  // Where a pointer is, in the units of the drawing
  locate(event) {
    const matrix = this.svg.getScreenCTM();
    return matrix && new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  }

  toScreen(x, y) {
    return new DOMPoint(x, y).matrixTransform(this.svg.getScreenCTM());
  }

  atX(x) {
    return this.first + ((x - this.left) / (this.right - this.left)) * (this.last - this.first);
  }

  xAt(at) {
    return this.left + ((at - this.first) / (this.last - this.first)) * (this.right - this.left);
  }

  // The point a pointer means: on the map the nearest one close by, on a time axis the nearest in
  // time, on the ribbon the stretch beneath
  meant({ x, y }) {
    if (this.kind === "plane") {
      return this.closest((point) => Math.hypot(point.x - x, point.y - y), NEAR);
    }
    if (y < this.top - 24 || y > this.bottom + 24) return undefined;
    if (this.kind === "ribbon") {
      const at = this.atX(x);
      return this.points.find((point) => point.at <= at && at < point.until);
    }
    return this.closest((point) => Math.abs(point.x - x), this.right);
  }

  closest(distance, limit) {
    let best;
    let least = limit;
    for (const point of this.points) {
      const found = distance(point);
      // On a tie the newer one: it lies on top
      if (found <= least) [best, least] = [point, found];
    }
    return best;
  }

  light(at, active) {
    const marks = [];
    if (this.kind !== "plane" && at >= this.first && at <= this.last) {
      const x = this.xAt(at);
      const over = this.kind === "ribbon" ? 5 : 0;
      const line = { x1: x, x2: x, y1: this.top - over, y2: this.bottom + over };
      if (over) marks.push(create("line", { class: "chart-cursor-case", ...line }));
      marks.push(create("line", { class: "chart-cursor", ...line }));
    }
    const point = this.kind === "ribbon" ? undefined
      : this.closest((candidate) => Math.abs(candidate.at - at), SAME_MOMENT);
    if (point) {
      const linked = active ? "" : " chart-ring--linked";
      const r = this.kind === "plane" ? 10 : 6;
      marks.push(create("circle", { class: `chart-ring${linked}`, cx: point.x, cy: point.y, r }));
      if (point.short && !active) marks.push(this.readout(point));
    }
    this.overlay.replaceChildren(...marks);
  }

  readout(point) {
    const right = point.x + 40 > this.right;
    const text = create("text", {
      class: "chart-readout", "font-size": 12.5,
      x: point.x + (right ? -10 : 10), y: Math.max(this.top + 11, point.y - 7),
      "text-anchor": right ? "end" : "start",
    });
    text.textContent = point.short;
    return text;
  }

  dim() {
    this.overlay.replaceChildren();
  }
}

class Tooltip {
  constructor() {
    this.box = document.createElement("div");
    this.box.className = "chart-tip";
    this.box.hidden = true;
    this.box.setAttribute("aria-hidden", "true"); // the point's own name says the same
    document.body.append(this.box);
  }

  show(lines, anchor, below) {
    this.box.replaceChildren(...lines.map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    }));
    this.box.hidden = false;
    const { width, height } = this.box.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const room = { x: clientWidth - width - 8, y: clientHeight - height - 8 };
    const above = anchor.top - height - 12;
    const beneath = anchor.bottom + 12;
    let y = below ? beneath : above;
    if (y < 8) y = beneath;
    if (y > room.y) y = above;
    const x = Math.max(8, Math.min(room.x, anchor.x - width / 2));
    this.box.style.transform = `translate(${Math.round(x)}px, ${Math.round(Math.max(8, Math.min(room.y, y)))}px)`;
  }

  hide() {
    this.box.hidden = true;
  }
}

function start(svgs) {
  const pictures = svgs.map((svg) => new Picture(svg));
  const tooltip = new Tooltip();
  let shown; // { picture, point, at, below }
  let timer;

  function anchorOf(picture, point) {
    const plane = picture.kind === "plane";
    const top = picture.toScreen(point.x, plane ? point.y : picture.top);
    const bottom = picture.toScreen(point.x, plane ? point.y : picture.bottom);
    return { x: top.x, top: top.y - (plane ? 8 : 0), bottom: bottom.y + (plane ? 8 : 0) };
  }

  function show(picture, point, at = point.at, below = false) {
    clearTimeout(timer);
    if (shown && shown.point === point && shown.at === at) return;
    shown = { picture, point, at, below };
    for (const other of pictures) {
      if (other.group === picture.group) other.light(at, other === picture);
      else other.dim();
    }
    const anchor = anchorOf(picture, point);
    if (picture.kind === "ribbon") anchor.x = picture.toScreen(picture.xAt(at), 0).x;
    tooltip.show(point.tip, anchor, below);
  }

  function hide() {
    clearTimeout(timer);
    shown = undefined;
    tooltip.hide();
    for (const picture of pictures) picture.dim();
  }

  // Back to the focused point, where there is one; else to rest
  function rest() {
    const active = document.activeElement?.closest?.(".chart-point");
    const picture = active && pictures.find((candidate) => candidate.svg.contains(active));
    if (picture) show(picture, picture.points.find((point) => point.element === active));
    else hide();
  }

  function restSoon() {
    clearTimeout(timer);
    timer = setTimeout(rest, GRACE);
  }

  // The form nearest to a time on the ribbon, so that it lights a moment the others know
  function snap(picture, at) {
    let best = at;
    let least = Infinity;
    for (const other of pictures) {
      if (other.group !== picture.group || other.kind === "ribbon") continue;
      for (const point of other.points) {
        if (Math.abs(point.at - at) < least) [best, least] = [point.at, Math.abs(point.at - at)];
      }
    }
    return best;
  }

  function onPointer(picture, event) {
    const spot = picture.locate(event);
    const point = spot && picture.meant(spot);
    if (!point) {
      restSoon();
      return undefined;
    }
    const at = picture.kind === "ribbon" ? snap(picture, picture.atX(spot.x)) : point.at;
    // The tooltip opens on the side where the pointer is not
    show(picture, point, at, picture.kind === "plane" && spot.y < point.y - 4);
    return point;
  }

  function onKey(picture, event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (step) picture.moveTo(picture.current + step);
    else if (event.key === "Home") picture.moveTo(0);
    else if (event.key === "End") picture.moveTo(picture.points.length - 1);
    else return;
    event.preventDefault();
  }

  for (const picture of pictures) {
    if (!picture.points.length) continue;
    const { svg } = picture;
    svg.addEventListener("pointermove", (event) => onPointer(picture, event));
    svg.addEventListener("pointerleave", restSoon);
    svg.addEventListener("pointercancel", restSoon);
    svg.addEventListener("click", (event) => {
      const point = onPointer(picture, event);
      if (point) picture.moveTo(picture.points.indexOf(point));
    });
    svg.addEventListener("keydown", (event) => onKey(picture, event));
  }
  // On the document: an SVG element with a focus listener of its own becomes a tab stop in Chromium
  document.addEventListener("focusin", (event) => {
    if (event.target.closest?.(".chart-point")) rest();
    else if (shown) restSoon();
  });
  document.addEventListener("focusout", () => {
    if (shown) restSoon();
  });
  tooltip.box.addEventListener("pointerenter", () => clearTimeout(timer));
  tooltip.box.addEventListener("pointerleave", restSoon);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && shown) hide();
  });
  document.addEventListener("pointerdown", (event) => {
    if (shown && !event.target.closest?.("svg[data-chart], .chart-tip")) restSoon();
  });
  // A tooltip must not stay behind when its chart scrolls away
  addEventListener("scroll", () => {
    if (!shown) return;
    const { picture, point, at, below } = shown;
    shown = undefined;
    show(picture, point, at, below);
  }, { passive: true, capture: true });
  addEventListener("resize", hide);
}

const svgs = Array.from(document.querySelectorAll("svg[data-chart]"));
if (svgs.length) start(svgs);
