import type { SignUpFlow } from '@backend-jobs/jobs';
import type { SignUp, UserId, UserStore } from '@backend-jobs/sign-ups';

export interface Audit {
  /** How many sign-ups there are of each kind. */
  counts: Record<string, number>;
  /** Those that are in no state that they may be in, or wait for a job that is not there: a sentence each. */
  faults: string[];
}

const batch = 200;

/**
 * Looks at every sign-up that the store or the queue knows, and checks that it is in exactly one state, with a job
 * behind each that is not settled. It changes nothing. On a service that runs, one that moves while it is looked at is
 * looked at once more.
 */
export const auditSignUps = async ({
  users,
  flow,
}: {
  users: UserStore;
  flow: SignUpFlow;
}): Promise<Audit> => {
  const audit: Audit = { counts: {}, faults: [] };
  const ids = [...new Set([...(await Array.fromAsync(users.ids())), ...(await flow.ids())])];
  for (let start = 0; start < ids.length; start += batch) {
    const findings = ids.slice(start, start + batch).map((id) => examine(id, { users, flow }));
    for (const { kind, fault } of await Promise.all(findings)) {
      audit.counts[kind] = (audit.counts[kind] ?? 0) + 1;
      if (fault) audit.faults.push(fault);
    }
  }
  return audit;
};

interface Finding {
  kind: string;
  fault?: string;
}

const examine = async (id: UserId, deps: { users: UserStore; flow: SignUpFlow }): Promise<Finding> => {
  const finding = await look(id, deps);
  return finding.fault ? look(id, deps) : finding;
};

const look = async (
  id: UserId,
  { users, flow }: { users: UserStore; flow: SignUpFlow },
): Promise<Finding> => {
  const { parent, email } = await flow.states(id);
  const signUp = await users.find(id);
  if (signUp?.outcome === 'created') return lookAtEmail(id, signUp, isLive(parent) || isLive(email));
  if (signUp) return { kind: signUp.outcome };
  if (isLive(parent)) return { kind: 'in flight' };
  if (parent === 'failed') return { kind: 'failed' };
  return { kind: 'lost', fault: `${id}: no outcome, and its job is ${parent ?? 'gone'}` };
};

const lookAtEmail = (
  id: UserId,
  { welcomeEmail: { status } }: SignUp & { outcome: 'created' },
  hasJob: boolean,
): Finding => {
  const kind = `created, email ${status}`;
  const waits = status === 'pending' || status === 'sending';
  return waits && !hasJob
    ? { kind, fault: `${id}: its email is ${status}, and no job is behind it` }
    : { kind };
};

const isLive = (state: string | undefined): boolean =>
  state !== undefined && !['completed', 'failed', 'waiting-children'].includes(state);
