"""Checks of a page in the browser, each a function that names what is wrong. Used by tests of the console."""

from tests.doors.contrast import CONTRAST as CONTRAST

NAMELESS = """() => {
  const named = (one) => (one.getAttribute("aria-label") || one.textContent || one.alt || "").trim()
    || (one.labels && one.labels.length && one.labels[0].textContent.trim());
  const wrong = [...document.querySelectorAll("a, button, input:not([type=hidden]), textarea, select, summary")]
    .filter((one) => !named(one)).map((one) => "no name: " + one.outerHTML.slice(0, 120));
  document.querySelectorAll("img:not([alt])").forEach((one) => wrong.push("no alt: " + one.outerHTML));
  return wrong;
}"""
SMALL = """() => [...document.querySelectorAll("button, input:not([type=hidden]), textarea, select, summary, .button, .menu a, .tabs a")]
  .filter((one) => one.getClientRects().length && !one.closest(".hidden"))
  .map((one) => [one.textContent.trim() || one.id, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 43.9 || box.width < 43.9)
  .map(([name, box]) => `${name} ${box.width}x${box.height}`)"""
STRUCTURE = """() => {
  const wrong = [];
  const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
  ids.filter((id, at) => ids.indexOf(id) !== at).forEach((id) => wrong.push("twice: " + id));
  if (document.querySelectorAll("h1").length !== 1) wrong.push("not one h1");
  let last = 0;
  document.querySelectorAll("h1, h2, h3, h4").forEach((one) => {
    const level = Number(one.tagName[1]);
    if (level > last + 1) wrong.push("skips a level: " + one.textContent.trim().slice(0, 40));
    last = level;
  });
  if (document.querySelectorAll("main").length !== 1) wrong.push("not one main");
  if (document.documentElement.lang !== "zh-CN") wrong.push("no language");
  if (!document.title) wrong.push("no title");
  document.querySelectorAll("[aria-labelledby], label[for]").forEach((one) => {
    const id = one.getAttribute("aria-labelledby") || one.getAttribute("for");
    if (!document.getElementById(id)) wrong.push("points nowhere: " + id);
  });
  document.querySelectorAll("ul > :not(li), ol > :not(li), dl > :not(dt):not(dd)")
    .forEach((one) => wrong.push("in a list: " + one.tagName));
  document.querySelectorAll("table:not(:has(th[scope]))").forEach((one) => wrong.push("table without heads"));
  document.querySelectorAll("nav:not([aria-label]), aside:not([aria-label]), section:not([aria-label]):not([aria-labelledby])")
    .forEach((one) => wrong.push("landmark without name: " + one.outerHTML.slice(0, 80)));
  return wrong;
}"""
SIDEWAYS = """() => [document.documentElement, document.body, ...document.querySelectorAll("main, header, .card:not(.scroll), .bubble")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.tagName + "." + one.className)"""
