import { defaultLocale, Locale } from '@backend-jobs/sign-ups';
import type { FastifyRequest } from 'fastify';
import Negotiator from 'negotiator';

/** Those who read Portuguese, of whatever country, get that of Brazil. */
const locales = { en: 'en', pt: 'pt-BR' } as const satisfies Record<string, Locale>;

/** More than any browser sends. All the languages in a header are sorted, and there may be thousands. */
const longestHeader = 500;

/** The language of a page: the one that its URL names (`?lang=pt-BR`), or the one that the browser asks for. */
export const localeOf = ({ query, headers }: Pick<FastifyRequest, 'query' | 'headers'>): Locale => {
  const { lang } = query as { lang?: unknown };
  const named = Locale.enum.find((locale: Locale) => locale === lang);
  if (named) return named;
  const accepted = headers['accept-language']?.slice(0, longestHeader);
  const negotiator = new Negotiator({ headers: { 'accept-language': accepted } });
  const preferred = negotiator.language(Object.keys(locales));
  return locales[preferred as keyof typeof locales] ?? defaultLocale;
};
