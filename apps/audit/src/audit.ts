import { isLiveState, type SignUpJobStates } from '@backend-jobs/jobs';
import type { AcceptedSignUps, CreatedSignUp, SignUpStore, UserId } from '@backend-jobs/sign-ups';

export interface Audit {
  /** How many sign-ups there are of each kind. */
  counts: Record<string, number>;
  /** One sentence for each sign-up that is in no allowed state, or waits for a job that does not exist. */
  faults: string[];
}

interface Deps {
  signUpStore: SignUpStore;
  accepted?: AcceptedSignUps | undefined;
  jobStates: SignUpJobStates;
}

const batch = 200;

/**
 * Looks at every sign-up that the store or the queue knows, and checks that it is in exactly one state, with a job
 * behind each that is not settled. It changes nothing. On a running service a sign-up can move while it is looked at:
 * one that seems wrong is looked at once more.
 */
export const auditSignUps = async (
  { signUpStore, accepted, jobStates }: Deps,
  onProgress: (done: number, total: number) => void = () => {},
): Promise<Audit> => {
  const audit: Audit = { counts: {}, faults: [] };
  const ids = [...new Set([...(await Array.fromAsync(signUpStore.ids())), ...(await jobStates.ids())])];
  for (let start = 0; start < ids.length; start += batch) {
    const findings = ids
      .slice(start, start + batch)
      .map((id) => examine(id, { signUpStore, accepted, jobStates }));
    for (const { kind, fault } of await Promise.all(findings)) {
      audit.counts[kind] = (audit.counts[kind] ?? 0) + 1;
      if (fault) audit.faults.push(fault);
    }
    onProgress(Math.min(start + batch, ids.length), ids.length);
  }
  return audit;
};

interface Finding {
  kind: string;
  fault?: string;
}

const examine = async (id: UserId, deps: Deps): Promise<Finding> => {
  const finding = await look(id, deps);
  return finding.fault ? look(id, deps) : finding;
};

const look = async (id: UserId, { signUpStore, accepted, jobStates }: Deps): Promise<Finding> => {
  const { parent, email } = await jobStates.find(id);
  const signUp = await signUpStore.find(id);
  if (signUp?.outcome === 'created')
    return lookAtEmail(id, signUp, isLiveState(parent) || isLiveState(email));
  if (signUp) return { kind: signUp.outcome };
  if (isLiveState(parent)) return { kind: 'in flight' };
  if (parent === 'failed') return { kind: 'failed' };
  // The reconciler adds the job of one that waits in the store.
  if (await accepted?.findWaiting(id)) return { kind: 'waiting for a job' };
  return { kind: 'lost', fault: `${id}: it has no outcome, and its job is ${parent ?? 'gone'}` };
};

const lookAtEmail = (id: UserId, { welcomeEmail: { status } }: CreatedSignUp, hasJob: boolean): Finding => {
  const kind = `created, email ${status}`;
  const isWaiting = status === 'pending' || status === 'sending';
  return isWaiting && !hasJob
    ? { kind, fault: `${id}: its email is ${status}, and no job will send it` }
    : { kind };
};
