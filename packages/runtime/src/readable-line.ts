/** How long a line is on a terminal at the most, with its time and level. */
const longestLine = 120;

/** `[15:41:02] ERROR: `, as pino-pretty writes it in front. */
const roomOfHead = 18;

/** Those that say least to somebody who reads along stand last, where a long line is cut off. */
const lastFacts = ['jobId', 'requestId', 'traceId'];
const leftOut = new Set(['level', 'time', 'pid', 'hostname', 'process', 'msg', 'err']);

/**
 * The part of a log line that comes after its time and level, for people: `api     request completed  method=GET`. It is one
 * line, and short; JSON has the rest. Only the stack of an error follows below it.
 */
export const readableLine = (line: Record<string, unknown>): string => {
  const facts = Object.entries(line).filter(([name]) => !leftOut.has(name));
  const isLast = ([name]: [string, unknown]) => lastFacts.includes(name);
  const ordered = [...facts.filter((fact) => !isLast(fact)), ...facts.filter(isLast)];
  const words = ordered.flatMap(([name, value]) => wordsOf(name, value));
  const text = [`${String(line.process ?? '').padEnd(6)} ${line.msg ?? ''}`, ...words].join('  ');
  const shown = cut(text.replaceAll(/\s*[\r\n]+\s*/g, ' '), longestLine - roomOfHead);
  const { stack } = (line.err ?? {}) as { stack?: unknown };
  return typeof stack === 'string' ? `${shown}\n${stack}` : shown;
};

/** `name=value`, and for an object one for each of its own. */
const wordsOf = (name: string, value: unknown): string[] => {
  if (value === undefined || value === null) return [];
  if (typeof value === 'object' && !Array.isArray(value))
    return Object.entries(value).flatMap(([inner, each]) => wordsOf(`${name}.${inner}`, each));
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return [`${name}=${/[\s="]/.test(text) ? JSON.stringify(text) : text}`];
};

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;
