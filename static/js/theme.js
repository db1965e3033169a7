// Light, dark or as the system has it, without a round trip. The server reads the same cookie, so a page
// arrives in the right colours; without JavaScript the form posts instead.
const YEAR = 365 * 24 * 60 * 60;

for (const form of document.querySelectorAll("[data-theme-switch]")) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    const choice = event.submitter?.value;
    if (choice === undefined) return;
    event.preventDefault();
    if (choice) document.documentElement.dataset.theme = choice;
    else delete document.documentElement.dataset.theme;
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${choice}; Path=/; Max-Age=${choice ? YEAR : 0}; SameSite=Lax${secure}`;
    for (const button of form.querySelectorAll("button[name=theme]")) {
      button.setAttribute("aria-pressed", String(button === event.submitter));
    }
  });
}
