// The list of what was said: adds each letter once, keeps the reader's place, tells days apart.

import { words } from "./words.js";
import { day, element, line } from "./draw.js";

const GROUP_MS = 3 * 60 * 1000;

export function makeLog(act) {
  const talk = document.getElementById("talk");
  const log = document.getElementById("log");
  const newest = document.getElementById("newest");
  const shown = new Map();
  let last = null;
  let cursor = 0;

  function nearEnd() {
    return talk.scrollHeight - talk.scrollTop - talk.clientHeight < 120;
  }
  function toEnd() {
    talk.scrollTop = talk.scrollHeight;
    newest.hidden = true;
  }
  // A long answer is read from its first line: its top stays in sight.
  function toLine(made) {
    toEnd();
    const above = made.getBoundingClientRect().top - talk.getBoundingClientRect().top - 12;
    if (above < 0) talk.scrollTop += above;
  }
  function isFollowing(message) {
    return last && last.sender === message.sender && new Date(message.at) - new Date(last.at) < GROUP_MS && !message.alert;
  }
  function daySign(message) {
    const name = day(message.at);
    if (last ? day(last.at) !== name : name !== words.today) log.append(element("p", "day", name));
  }
  function markNewest(made) {
    log.querySelectorAll(".newest-line").forEach((old) => old.classList.remove("newest-line"));
    made.classList.add("newest-line");
  }

  function add(message, live) {
    const key = message.sender === "parent" ? "p" + message.id : "l" + message.id;
    if (message.sender !== "parent") cursor = Math.max(cursor, Number(message.id));
    if (shown.has(key)) return null;
    const stay = live && !nearEnd() && message.sender !== "parent";
    const made = line(message, act);
    daySign(message);
    if (isFollowing(message)) made.classList.add("follows");
    if (live) made.classList.add("fresh");
    if (message.sender !== "parent") markNewest(made);
    log.append(made);
    shown.set(key, made);
    last = message;
    if (stay) newest.hidden = false;
    else if (live) toLine(made);
    return made;
  }

  function state(id, sentence) {
    const made = shown.get("p" + id);
    if (!made) return;
    const old = made.querySelector(".state");
    if (old) old.remove();
    made.classList.toggle("unsent", Boolean(sentence));
    if (sentence) made.append(element("p", "state", sentence));
  }

  function drop(id) {
    const made = shown.get("p" + id);
    if (made) made.remove();
    shown.delete("p" + id);
  }

  newest.addEventListener("click", toEnd);
  talk.addEventListener("scroll", () => { if (nearEnd()) newest.hidden = true; }, { passive: true });

  return {
    add, state, drop, toEnd, nearEnd,
    cursor: () => cursor,
    announce: () => log.setAttribute("aria-live", "polite"),
  };
}
