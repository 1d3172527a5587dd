import { appMain } from './start-app.ts';
import { type ProgramEnd, runProgram } from './start-program.ts';

export interface AuditRun extends ProgramEnd {
  /** How many sign-ups the service has of each kind. */
  counts: Record<string, number>;
}

/** What `npm run audit:signups` says: code 0 and the counts, or code 1 and a line for each sign-up that is wrong. */
export const runAudit = async (env: Record<string, string>): Promise<AuditRun> => {
  const end = await runProgram(appMain('audit'), env);
  const lines = [...end.output.matchAll(/^ *(\d+) {2}(.+)$/gm)];
  return { ...end, counts: Object.fromEntries(lines.map(([, count, kind]) => [kind ?? '', Number(count)])) };
};
