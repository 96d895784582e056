// Turns letters into elements. Nothing a person typed or an answer says is ever read as HTML.

import { words } from "./words.js";

const PHONES = /(^|\D)(12356|12345|12338|12385)(?!\d)/g;
const URGENT_PHONES = /(^|\D)(12356|12345|12338|12385|120|110|119)(?!\d)/g;

export function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function call(number, label) {
  const link = element("a", "", label || number);
  link.href = "tel:" + number;
  return link;
}

function withPhones(target, text, pattern) {
  let from = 0;
  text.replace(pattern, (whole, before, number, at) => {
    target.append(text.slice(from, at + before.length), call(number));
    from = at + whole.length;
    return whole;
  });
  target.append(text.slice(from));
}

function paragraphs(target, text, pattern) {
  const source = ("\n" + text).lastIndexOf("\n" + words.source_prefix);
  const body = source < 0 ? text : text.slice(0, source);
  for (const line of body.replace(/\s+$/, "").split("\n")) {
    const made = element("p", line.trim() ? (/^[·•]/.test(line) ? "item" : "") : "gap");
    withPhones(made, line, pattern);
    target.append(made);
  }
  if (source >= 0) target.append(element("p", "source", text.slice(source)));
}

// In danger the number to call comes at once after the first sentence.
function withCalls(target, text) {
  const row = callButtons(text);
  if (row.childNodes.length) target.insertBefore(row, target.children[1] || null);
}

function callButtons(text) {
  const row = element("div", "calls");
  const seen = new Set();
  text.replace(URGENT_PHONES, (whole, before, number) => {
    if (!seen.has(number)) row.append(call(number, words.call.replace("%n", number)));
    seen.add(number);
    return whole;
  });
  return row;
}

function bubble(message) {
  const made = element("div", "bubble");
  if (message.sender === "parent") {
    made.append(element("p", "", message.text));
  } else {
    paragraphs(made, message.text, message.alert ? URGENT_PHONES : PHONES);
    if (message.alert) withCalls(made, message.text);
  }
  return made;
}

function chips(message, act) {
  const list = element("ul", "chips");
  list.setAttribute("aria-label", words.choices);
  for (const choice of message.choices || []) {
    const button = element("button", "", choice.label);
    button.type = "button";
    button.dataset.choice = choice.id;
    button.addEventListener("click", () => {
      button.classList.add("picked");
      act.pick(choice.id, choice.label);
    });
    const item = element("li");
    item.append(button);
    list.append(item);
  }
  if (message.ask_location && "geolocation" in navigator) {
    const button = element("button", "place", words.location);
    button.type = "button";
    button.addEventListener("click", () => act.locate());
    const item = element("li");
    item.append(button);
    list.append(item);
  }
  return list;
}

// China has one clock, eight hours ahead of UTC all year.
function inChina(at) {
  return new Date(new Date(at).getTime() + 8 * 3600 * 1000);
}

export function clock(at) {
  return inChina(at).toISOString().slice(11, 16);
}

export function day(at) {
  const here = inChina(at).toISOString().slice(0, 10);
  const ago = (days) => inChina(Date.now() - days * 86400000).toISOString().slice(0, 10);
  if (here === ago(0)) return words.today;
  if (here === ago(1)) return words.yesterday;
  return words.date.replace("%m", String(Number(here.slice(5, 7)))).replace("%d", String(Number(here.slice(8))));
}

export function line(message, act) {
  const made = element("div", "line " + message.sender + (message.alert ? " alert" : ""));
  const who = element("p", "who");
  who.append(words["sender_" + message.sender] + " ");
  const time = element("time", "", clock(message.at));
  time.dateTime = message.at;
  who.append(time);
  made.append(who, bubble(message));
  if (message.sender !== "parent") {
    const list = chips(message, act);
    if (list.childNodes.length) made.append(list);
    if (message.ask_location && "geolocation" in navigator) made.append(element("p", "small", words.location_note));
  }
  return made;
}
