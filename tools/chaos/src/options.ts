import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

export interface Options {
  seed: number;
  minutes: number;
  perSecond: number;
  /** With 'everysec' a killed Redis may lose what it took in the last 2 s; with 'always', nothing. */
  appendfsync: 'everysec' | 'always';
  /** The folder that the report is written to. */
  report: string;
}

const reports = fileURLToPath(new URL('../../../.data/chaos', import.meta.url));

/** @throws when an option is not known, or not a number above 0 where one is needed */
export const readOptions = (args: string[]): Options => {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '2' },
      'per-second': { type: 'string', default: '20' },
      appendfsync: { type: 'string', default: 'always' },
      report: { type: 'string', default: reports },
    },
  });
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(seed)) throw new Error(`--seed ${values.seed}: not a whole number`);
  const { appendfsync } = values;
  if (appendfsync !== 'always' && appendfsync !== 'everysec') {
    throw new Error(`--appendfsync ${appendfsync}: neither always nor everysec`);
  }
  const minutes = positive('--minutes', values.minutes);
  const perSecond = positive('--per-second', values['per-second']);
  return { seed, minutes, perSecond, appendfsync, report: values.report };
};

const positive = (option: string, text: string): number => {
  const number = Number(text);
  if (number > 0 && Number.isFinite(number)) return number;
  throw new Error(`${option} ${text}: not a number above 0`);
};
