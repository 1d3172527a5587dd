import type { FastifyReply } from 'fastify';
import { allowPage } from '../headers/security-headers.ts';
import { type Html, html } from './html.ts';

export interface Page {
  /** The language of the text, as `<html lang>` has it; `en` by default. */
  lang?: string;
  title: string;
  /** The name of a stylesheet in `assets`, besides the common one. */
  stylesheet?: string;
  /** What else the head has: a script, a refresh. */
  head?: Html;
  /** What stands above the page's own part. */
  header?: Html;
  main: Html;
}

/** Sends a whole page around its part. Its links begin with the base path. */
export const sendPage = async (reply: FastifyReply, page: Page): Promise<FastifyReply> => {
  const { lang = 'en', title, head = '', header = '', main, stylesheet } = page;
  const assets = `${reply.server.basePath}/assets`;
  const document = await html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="${assets}/favicon.svg">
<link rel="stylesheet" href="${assets}/style.css">
${stylesheet ? html`<link rel="stylesheet" href="${assets}/${stylesheet}">` : ''}
${head}
</head>
<body>
${header}
<main>
${main}
</main>
</body>
</html>
`;
  return reply.type('text/html; charset=utf-8').send(String(document));
};

/** A hook for a route that sends a page: it may load what this server has, and send its forms here alone. */
export const allowOwnPage = allowPage(
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
);
