import { appMain } from './start-app.ts';
import { type ProgramEnd, runProgram } from './start-program.ts';

export interface AuditRun extends ProgramEnd {
  /** The number of sign-ups in each state. */
  counts: Record<string, number>;
}

/** Runs what `npm run audit:signups` runs. It ends with 0, or with 1 and a line for each sign-up that is wrong. */
export const runAudit = async (env: Record<string, string>): Promise<AuditRun> => {
  const end = await runProgram(appMain('audit'), env);
  const lines = [...end.output.matchAll(/^ *(\d+) {2}(.+)$/gm)];
  return { ...end, counts: Object.fromEntries(lines.map(([, count, kind]) => [kind ?? '', Number(count)])) };
};
