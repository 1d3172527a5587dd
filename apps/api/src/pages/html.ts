import { html } from 'hono/html';

/**
 * A piece of HTML. The tag `html` escapes every value in it, apart from other pieces that it has made. Only `raw` would
 * let one through, and nothing here may use it.
 */
export type Html = Awaited<ReturnType<typeof html>>;

export { html };
