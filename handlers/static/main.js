// The parents' page: ties the composer, the log, the sender and the listener together.

import { words } from "./words.js";
import { element } from "./draw.js";
import { makeLog } from "./log.js";
import { makeSender } from "./send.js";
import { listen } from "./listen.js";

const TYPING_MAX_MS = 20000;
const HELD_MAX_MS = 4000;
const byId = (id) => document.getElementById(id);
const input = byId("words-in");
const typing = byId("typing");
const notice = byId("notice");
const root = document.documentElement;
let typingTimer = 0;
let listener = null;

const log = makeLog({ pick, locate });
const sender = makeSender({ queued, sending, answered, stuck, refused });

function showTyping(on, most) {
  const follow = log.nearEnd();
  clearTimeout(typingTimer);
  typing.hidden = !on;
  if (on) typingTimer = setTimeout(() => showTyping(false), most || TYPING_MAX_MS);
  if (on && follow) log.toEnd();
}

function tell(sentence, withRetry) {
  notice.textContent = "";
  if (!sentence) return;
  notice.append(element("span", "", sentence));
  if (!withRetry) return;
  const again = element("button", "", words.retry);
  again.type = "button";
  again.addEventListener("click", () => { sender.pump(); input.focus(); });
  notice.append(again);
}

function hear(letter) {
  showTyping(false);
  log.add(letter, true);
}

function queued(item) {
  if (item.label) log.add({ id: item.body.id, sender: "parent", text: item.label, at: item.at }, true);
}

function sending(item) {
  log.state(item.body.id, "");
  showTyping(true);
}

function answered(item, data) {
  tell("");
  data.messages.forEach(hear);
  showTyping(data.waiting || sender.waiting().length > 0, HELD_MAX_MS);
  if (listener) listener.reopen();
}

function stuck(item, sentence) {
  showTyping(false);
  log.state(item.body.id, words.unsent);
  tell(sentence || (navigator.onLine === false ? words.offline : words.busy), true);
}

function refused(item, sentence) {
  showTyping(false);
  log.drop(item.body.id);
  if (item.body.text && !input.value) {
    input.value = item.body.text;
    grow();
  }
  tell((sentence || "") + (item.body.text ? words.refused : ""));
}

function pick(id, label) {
  sender.say({ pick: id }, label);
}

function locate() {
  if (!window.isSecureContext) return tell(words.location_refused);
  tell(words.location_wait);
  return navigator.geolocation.getCurrentPosition((found) => {
    tell("");
    const { latitude, longitude } = found.coords;
    sender.say({ location: { latitude, longitude } }, words.location_mine);
  }, () => tell(words.location_refused), { timeout: 15000, maximumAge: 60000 });
}

function grow() {
  input.style.height = "auto";
  input.style.height = input.scrollHeight + 3 + "px";
}

function submit(event) {
  event.preventDefault();
  const text = input.value;
  if (!text.trim()) {
    tell(words.empty);
    input.focus();
    return;
  }
  tell("");
  input.value = "";
  grow();
  sender.say({ text }, text);
  input.focus();
}

function largeType(on) {
  root.classList.toggle("large-type", on);
  byId("large").setAttribute("aria-pressed", String(on));
  grow();
}

function remembered() {
  try {
    return localStorage.getItem("tuowen.large") === "1";
  } catch (error) {
    return false;
  }
}

function toggleLarge() {
  const on = !root.classList.contains("large-type");
  largeType(on);
  try {
    localStorage.setItem("tuowen.large", on ? "1" : "0");
  } catch (error) {
    // Private windows refuse storage; the choice then lasts as long as the page.
  }
}

// The link of a QR code names a topic; it is asked once, then leaves the address so that a reload does not ask again.
function takeTopic() {
  const asked = new URLSearchParams(location.search).get("topic");
  if (asked) history.replaceState(null, "", location.pathname);
  return asked && new TextEncoder().encode(asked).length <= 64 ? asked : "";
}

async function load() {
  const answer = await fetch("api/messages", { cache: "no-store" });
  if (!answer.ok) throw new Error("status " + answer.status);
  const data = await answer.json();
  data.messages.forEach((message) => log.add(message, false));
  return data.messages.length;
}

function begin(count) {
  sender.waiting().forEach(queued);
  log.toEnd();
  log.announce();
  const topic = takeTopic();
  if (topic) sender.say({ pick: topic }, "");
  else if (!count && !sender.waiting().length) sender.say({ pick: "start" }, "");
  else sender.pump();
  listener = listen(log.cursor, hear);
}

function start() {
  load().then((count) => { tell(""); begin(count); }, () => {
    tell(words.not_loaded);
    setTimeout(start, 4000);
  });
}

// Where the page does not shrink for the software keyboard (iOS), it is told how much is left.
function fitKeyboard() {
  const view = window.visualViewport;
  if (!view) return;
  view.addEventListener("resize", () => {
    const follow = log.nearEnd();
    root.style.setProperty("--app", view.height + "px");
    window.scrollTo(0, 0);
    if (follow) log.toEnd();
  });
}

byId("composer").addEventListener("submit", submit);
byId("large").addEventListener("click", toggleLarge);
document.querySelectorAll("[data-pick]").forEach((button) => {
  button.addEventListener("click", () => pick(button.dataset.pick, button.textContent));
});
input.addEventListener("input", grow);
input.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) submit(event);
});
largeType(remembered());
fitKeyboard();
start();
