/**
 * One of those that a dry run has named:
 *
 * - a `job` that failed at `atMs`;
 * - the `email` of a user, which ended at `atMs` and whose job is gone.
 */
export interface Named {
  kind: 'job' | 'email';
  id: string;
  atMs: number;
}

export const toText = ({ kind, id, atMs }: Named): string => `${kind} ${atMs} ${id}`;

export const fromText = (text: string): Named => {
  const [, kind, atMs, id = ''] = /^(job|email) (\S+) (.*)$/s.exec(text) ?? [];
  return { kind: kind === 'email' ? 'email' : 'job', id, atMs: Number(atMs) };
};
