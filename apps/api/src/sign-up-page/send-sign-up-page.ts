import { randomUUID } from 'node:crypto';
import type { Locale, UserId } from '@backend-jobs/sign-ups';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { html } from '../pages/html.ts';
import { sendPage } from '../pages/page.ts';
import type { Problem } from '../problems/problem.ts';
import type { FoundSignUp } from '../sign-up-status.ts';
import type { Faults, Typed } from './form-body.ts';
import { formView } from './form-view.ts';
import { localeOf } from './language.ts';
import { progressHead, progressView } from './progress-view.ts';
import { stageOf } from './texts/stages.ts';
import { texts } from './texts/texts-by-locale.ts';

const formUrl = ({ server }: FastifyReply, locale: Locale) => `${server.basePath}/?lang=${locale}`;

/** The form, with what was typed and what is wrong with it. */
export const sendForm = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { faults = {}, notice }: { faults?: Faults; notice?: string } = {},
): Promise<FastifyReply> => {
  const locale = localeOf(request);
  const words = texts[locale].faults;
  const typed = (request.body ?? {}) as Typed;
  const main = formView({
    locale,
    action: formUrl(reply, locale),
    key: randomUUID(),
    typed,
    faults: {
      ...(faults.name && { name: words.name[faults.name] }),
      ...(faults.email && { email: words.email[faults.email] }),
    },
    ...(notice !== undefined && { notice }),
  });
  return send(request, reply, { title: texts[locale].form.heading, main });
};

/** How far a sign-up is. */
export const sendProgress = (
  request: FastifyRequest,
  reply: FastifyReply,
  { id, found, lastEventId }: { id: UserId; found: FoundSignUp; lastEventId: string },
): Promise<FastifyReply> => {
  const locale = localeOf(request);
  const { basePath } = reply.server;
  const events = `${basePath}/sign-ups/${id}/events`;
  const main = progressView({ locale, found, events, lastEventId, form: formUrl(reply, locale) });
  const head = found.isSettled ? '' : progressHead({ script: `${basePath}/assets/sign-up.js` });
  return send(request, reply, { title: texts[locale].stages[stageOf(found.status)].heading, head, main });
};

/** What became of a request that could not be served; the form, where it was that of a person who signs up. */
export const sendProblemPage = (
  request: FastifyRequest,
  reply: FastifyReply,
  { kind, statusCode, retryAfterSeconds }: Problem,
): Promise<FastifyReply> => {
  const locale = localeOf(request);
  const { problems, form } = texts[locale];
  const { heading, message } = problems[kind as keyof typeof problems] ?? problems.other;
  reply.code(statusCode);
  if (retryAfterSeconds !== undefined) reply.header('retry-after', String(retryAfterSeconds));
  if (request.body) return sendForm(request, reply, { notice: message });
  const main = html`<h1>${heading}</h1>
<p class="lead">${message}</p>
<p><a href="${formUrl(reply, locale)}">${form.heading}</a></p>`;
  return send(request, reply, { title: heading, main });
};

type Piece = ReturnType<typeof html> | '';

const send = async (
  request: FastifyRequest,
  reply: FastifyReply,
  { title, head = '', main }: { title: string; head?: Piece; main: Piece },
): Promise<FastifyReply> => {
  const locale = localeOf(request);
  const other: Locale = locale === 'en' ? 'pt-BR' : 'en';
  // The target of a request may be a whole URL, of another site.
  const path = URL.parse(request.url, 'http://localhost')?.pathname ?? '/';
  const url = `${reply.server.basePath}${path}?lang=${other}`;
  return sendPage(reply, {
    lang: locale,
    title,
    head: await html`<link rel="stylesheet" href="${reply.server.basePath}/assets/sign-up.css">${head}`,
    header:
      await html`<header class="languages"><a href="${url}" lang="${other}" hreflang="${other}">${texts[other].language}</a></header>`,
    main: await html`${main}`,
  });
};
