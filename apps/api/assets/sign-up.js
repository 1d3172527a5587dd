// Follows a sign-up live. An event says that something has changed. What that means for a person is on the page alone, so
// this fetches the page again, and replaces its parts. Without this script the page refreshes itself.

const retryDelayMs = 5_000;
let lastEventId = document.querySelector('#progress').dataset.lastEvent;
let source;
let timer;
let updating = Promise.resolve();

const update = async () => {
  const response = await fetch(location.href);
  if (response.status === 404) return location.reload(); // it was deleted
  if (!response.ok) throw new Error(`the page is ${response.status}`);
  const next = new DOMParser().parseFromString(await response.text(), 'text/html');
  document.title = next.title;
  for (const part of document.querySelectorAll('[data-live]')) {
    const now = document.importNode(next.getElementById(part.id), true);
    // Only what has changed, or a screen reader would read all of it again.
    if (!part.isEqualNode(now)) part.replaceChildren(...now.childNodes);
  }
  if (!next.querySelector('[data-events]')) stop(true);
};

/** One after the other, so that an older page never takes the place of a newer one. */
const updateInTurn = () => {
  updating = updating.then(update).catch(() => {
    timer = setTimeout(updateInTurn, retryDelayMs);
  });
};

const stop = (isOver) => {
  clearTimeout(timer);
  source?.close();
  source = undefined;
  if (isOver) document.removeEventListener('visibilitychange', onVisibility);
};

const onEvent = (event) => {
  if (event.lastEventId === lastEventId) return;
  lastEventId = event.lastEventId;
  updateInTurn();
};

const onEnd = (event) => {
  onEvent(event);
  stop(true); // or the browser would reconnect
};

const open = () => {
  source = new EventSource(document.querySelector('#progress').dataset.events);
  source.addEventListener('status', onEvent);
  source.addEventListener('settled', onEnd);
  source.addEventListener('deleted', onEnd);
  source.addEventListener('error', () => {
    // The server refused the stream, and the browser gives up: the server may be full, or have restarted.
    if (source?.readyState !== EventSource.CLOSED) return;
    stop(false);
    updateInTurn();
    timer = setTimeout(open, retryDelayMs);
  });
};

/** A hidden tab closes its stream: a browser opens few connections to one server, for all its tabs together. */
const onVisibility = () => {
  stop(false);
  if (!document.hidden) open();
};

document.addEventListener('visibilitychange', onVisibility);
onVisibility();
