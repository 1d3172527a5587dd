/** A hole that somebody could make by a small change, and the tests that have to fail then. */
export interface NamedMutant {
  /** What the hole is, as `docs/security.md` names it. */
  name: string;
  /** The file with the hole, from the top of the repository. */
  file: string;
  /** Occurs once in the file. */
  from: string;
  to: string;
  /** Test files, from the top of the repository. Each of them alone has to fail. */
  tests: readonly string[];
}
