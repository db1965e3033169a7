// <form data-guard>: asks before leaving a page with something typed and not yet sent.
for (const form of document.querySelectorAll("form[data-guard]")) {
  let changed = false;
  const warn = (event) => changed && event.preventDefault();
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  addEventListener("beforeunload", warn);
}
