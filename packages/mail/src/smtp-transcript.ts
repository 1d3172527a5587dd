import type { Options } from 'nodemailer/lib/smtp-connection';

/** One line of the dialogue with a mail server. The client's secrets are masked. */
export interface TranscriptLine {
  speaker: 'client' | 'server';
  text: string;
}

type Logger = Exclude<NonNullable<Options['logger']>, boolean>;

/** A logger for nodemailer's connection, with `transactionLog`, which passes on the dialogue and nothing else. */
export const transcribe = (onLine: (line: TranscriptLine) => void): Logger => {
  const log = (entry: unknown, text: unknown): void => {
    const { tnx } = entry as { tnx?: string };
    if (tnx === 'client' || tnx === 'server') onLine({ speaker: tnx, text: String(text).trimEnd() });
  };
  return { trace: log, debug: log, info: log, warn: log, error: log, fatal: log };
};
