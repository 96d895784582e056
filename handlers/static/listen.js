// Brings letters that come later (staff, held replies): a stream of server-sent events, or polling where streams fail.

const QUIET_MS = 50000;
const POLL_MS = 6000;
const STREAM_AGAIN_MS = 60000;

export function listen(cursor, onLetter) {
  let stream = null;
  let heard = Date.now();
  let pollTimer = 0;
  let streamTimer = 0;

  async function sync() {
    const answer = await fetch("api/messages?after=" + cursor(), { cache: "no-store" });
    if (!answer.ok) throw new Error("status " + answer.status);
    (await answer.json()).messages.forEach(onLetter);
  }

  function poll() {
    if (pollTimer) return;
    pollTimer = setTimeout(async () => {
      if (!document.hidden) await sync().catch(() => undefined);
      if (!pollTimer) return;
      pollTimer = 0;
      poll();
    }, POLL_MS);
  }

  function stopPolling() {
    clearTimeout(pollTimer);
    pollTimer = 0;
  }

  function open() {
    clearTimeout(streamTimer);
    if (!window.EventSource) return poll();
    if (stream) stream.close();
    heard = Date.now();
    stream = new EventSource("api/stream?after=" + cursor());
    stream.addEventListener("letter", (event) => {
      heard = Date.now();
      onLetter(JSON.parse(event.data));
    });
    stream.addEventListener("beat", () => {
      heard = Date.now();
      stopPolling();
    });
    stream.addEventListener("error", () => {
      poll();
      if (stream.readyState === EventSource.CLOSED) streamTimer = setTimeout(open, STREAM_AGAIN_MS);
    });
    return undefined;
  }

  // Some proxies hold a stream back for ever: silence counts as a failure.
  setInterval(() => {
    if (stream && stream.readyState === EventSource.OPEN && Date.now() - heard > QUIET_MS) {
      stream.close();
      poll();
      streamTimer = setTimeout(open, STREAM_AGAIN_MS);
    }
  }, 10000);

  document.addEventListener("visibilitychange", () => {
    if (document.hidden) return;
    sync().catch(() => undefined);
    if (!stream || stream.readyState === EventSource.CLOSED) open();
  });
  window.addEventListener("online", () => sync().catch(() => undefined));
  open();
  return { reopen: () => { if (!stream || stream.readyState === EventSource.CLOSED) open(); } };
}
