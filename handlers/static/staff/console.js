// Keeps a page of the console up to date without a reload, and never touches what somebody is writing.

const EVERY_MS = 3000;
const pulse = document.getElementById("pulse");
const lost = document.getElementById("live-lost");
const LIVE = { headers: { "X-Live": "1" }, cache: "no-store", redirect: "manual" };
let version = pulse ? pulse.dataset.version : "";
let shown = Date.now();

function tell(sentence) {
  lost.hidden = !sentence;
  if (lost.textContent !== sentence) lost.textContent = sentence;
}

function say(id, sentence) {
  const place = document.getElementById(id);
  if (!place) return;
  place.hidden = !sentence;
  if (place.textContent !== sentence) place.textContent = sentence;
}

function busyIn(part) {
  const at = document.activeElement;
  const writing = Array.from(part.querySelectorAll("textarea, input:not([type=hidden])")).some((one) => one.value !== one.defaultValue);
  return writing || (part.contains(at) && at.matches("input, textarea, select")) || part.querySelector("details[open]");
}

// Whoever works with a keyboard stays where they were.
function swap(part, fresh) {
  const at = part.contains(document.activeElement) ? Array.from(part.querySelectorAll("a, button")).indexOf(document.activeElement) : -1;
  part.replaceChildren(...fresh.childNodes);
  const again = part.querySelectorAll("a, button")[at];
  if (again) again.focus({ preventScroll: true });
}

async function refresh() {
  const answer = await fetch(location.href.split("#")[0], LIVE);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  let all = true;
  document.querySelectorAll("[data-live]").forEach((part) => {
    const fresh = page.getElementById(part.id);
    if (!fresh || part.innerHTML === fresh.innerHTML) return;
    if (busyIn(part)) all = false;
    else swap(part, fresh);
  });
  const now = page.getElementById("pulse");
  if (!now || !all) return;
  const changed = version !== now.dataset.version;
  version = now.dataset.version;
  shown = Date.now();
  const answering = document.getElementById("answer");
  if (Boolean(page.getElementById("answer")) !== Boolean(answering) && !(answering && answering.value)) location.reload();
  const seen = page.querySelector("[data-seen]");
  if (seen) document.querySelectorAll("[data-seen]").forEach((field) => { field.value = seen.value; });
  const fresh = document.getElementById("fresh");
  if (changed && fresh) fresh.hidden = false;
}

async function beat() {
  const answer = await fetch(pulse.dataset.pulse, LIVE);
  if (answer.status === 401) return tell(lost.dataset.signedOut);
  if (!answer.ok) throw new Error("status " + answer.status);
  const data = await answer.json();
  tell("");
  if (data.others) say("others", data.others.length ? pulse.dataset.othersText.replace("%n", data.others.join("、")) : "");
  if (String(data.version) !== version || Date.now() - shown > 60000) await refresh();
  return undefined;
}

function live() {
  setTimeout(async () => {
    if (!document.hidden) await beat().catch(() => tell(lost.dataset.offline));
    live();
  }, EVERY_MS);
}

// A second press while the first is under way would only be refused.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  form.querySelectorAll("button").forEach((button) => button.setAttribute("aria-disabled", "true"));
  return undefined;
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => {
    delete form.dataset.sent;
    form.querySelectorAll("button").forEach((button) => button.removeAttribute("aria-disabled"));
  });
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-use]");
  const answer = document.getElementById("answer");
  if (!link || !answer) return;
  event.preventDefault();
  const written = answer.value.trim();
  answer.value = written ? written + "\n\n" + link.dataset.use : link.dataset.use;
  answer.focus();
  answer.scrollIntoView({ block: "center" });
});

if (pulse) live();
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && pulse) beat().catch(() => undefined);
});
