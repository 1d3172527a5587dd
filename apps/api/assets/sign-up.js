// Follows a sign-up live. The server says when something has changed, and what it means is on the page itself: so this
// fetches the page again, and shows its parts in place of the old ones. Without this script the page refreshes itself.

const comeAgainMs = 5_000;
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
    if (!part.isEqualNode(now)) part.replaceChildren(...now.childNodes); // or it would be read out again
  }
  if (!next.querySelector('[data-events]')) stop(true);
};

/** One after the other, so that an older page never takes the place of a newer one. */
const updateInTurn = () => {
  updating = updating.then(update).catch(() => {
    timer = setTimeout(updateInTurn, comeAgainMs);
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
  stop(true); // a browser opens a stream that has ended again
};

const open = () => {
  source = new EventSource(document.querySelector('#progress').dataset.events);
  source.addEventListener('status', onEvent);
  source.addEventListener('settled', onEnd);
  source.addEventListener('deleted', onEnd);
  source.addEventListener('error', () => {
    // The server refused, and the browser gives up: it may be full, or have restarted.
    if (source?.readyState !== EventSource.CLOSED) return;
    stop(false);
    updateInTurn();
    timer = setTimeout(open, comeAgainMs);
  });
};

/** A browser opens few connections to one server, for all its tabs together. */
const onVisibility = () => {
  stop(false);
  if (!document.hidden) open();
};

document.addEventListener('visibilitychange', onVisibility);
onVisibility();
