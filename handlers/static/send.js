// Sends what the parent says, one after another, until the server has it: the same id each time, so nothing counts twice.

const KEEP = "tuowen.unsent";
const PATIENCE_MS = 20000;

function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function kept() {
  try {
    return JSON.parse(sessionStorage.getItem(KEEP)) || [];
  } catch (error) {
    return [];
  }
}

// A position is never written down, not even here.
function keep(queue) {
  try {
    sessionStorage.setItem(KEEP, JSON.stringify(queue.filter((item) => !item.body.location)));
  } catch (error) {
    // Without storage the words still stay on the page.
  }
}

async function post(body) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch("api/messages", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: stop.signal,
    });
    const data = await answer.json();
    return { status: answer.status, data, wait: Number(answer.headers.get("Retry-After")) || 0 };
  } finally {
    clearTimeout(timer);
  }
}

// `on`: queued, sending, answered, stuck (will be tried again), refused (never will).
export function makeSender(on) {
  const queue = kept();
  let busy = false;
  let failures = 0;
  let timer = 0;

  function later(seconds) {
    clearTimeout(timer);
    timer = setTimeout(pump, (seconds || Math.min(30, 1.5 * Math.pow(2, failures - 1))) * 1000);
  }

  function settle(item, result) {
    if (result.status < 300) {
      failures = 0;
      queue.shift();
      on.answered(item, result.data);
    } else if (result.status === 429 || result.status >= 500) {
      failures += 1;
      on.stuck(item, result.data && result.data.message);
      later(result.wait);
    } else {
      queue.shift();
      on.refused(item, result.data && result.data.message);
    }
    keep(queue);
  }

  async function pump() {
    if (busy || !queue.length) return;
    clearTimeout(timer);
    busy = true;
    const item = queue[0];
    on.sending(item);
    try {
      settle(item, await post(item.body));
    } catch (error) {
      failures += 1;
      on.stuck(item, null);
      later(0);
    }
    busy = false;
    if (!failures) pump();
  }

  function say(body, label) {
    const item = { body: Object.assign({ id: freshId() }, body), label, at: new Date().toISOString() };
    queue.push(item);
    keep(queue);
    on.queued(item);
    pump();
  }

  window.addEventListener("online", pump);
  return { say, pump, waiting: () => queue.slice() };
}
