import { messageOf } from '@backend-jobs/runtime';

/** What one step of the examination found. */
export type Finding =
  | { step: string; found: string }
  /** `advice` says what to change. */
  | { step: string; failed: string; advice: string };

/** What an error says, as a finding. It holds no secret: a connection's error names the host alone. */
export const failureOf = (step: string, error: unknown, advice: string): Finding => ({
  step,
  failed: error instanceof Error ? messageOf(error) : String(error),
  advice,
});

/** One line for a finding, and one more for what to do about a failure. */
export const toLines = (finding: Finding): string => {
  const name = finding.step.padEnd(12);
  if ('found' in finding) return `ok      ${name}${finding.found}`;
  return `FAILED  ${name}${finding.failed}\n        ${''.padEnd(12)}${finding.advice}`;
};
