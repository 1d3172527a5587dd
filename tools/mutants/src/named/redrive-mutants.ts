import type { NamedMutant } from '../named-mutant.ts';

const retry = 'packages/jobs/src/redrives/retry-named-job.lua';
const end = 'packages/jobs/src/redrives/end-redrive.lua';
const runner = 'packages/jobs/src/redrives/redrive-runner.ts';
const redrives = ['packages/jobs/test/redrive.test.ts'];
const resends = ['packages/jobs/test/resend.test.ts'];
const contracts = ['packages/sign-ups/test/redis-stores.test.ts'];

/** What a redrive takes, and what a resend finds. */
export const redriveMutants: readonly NamedMutant[] = [
  {
    name: 'redrive-takes-what-failed-anew',
    file: retry,
    from: 'tonumber(score) == tonumber(failed_at)',
    to: 'true',
    tests: redrives,
  },
  {
    name: 'redrive-takes-a-job-twice',
    file: retry,
    from: 'taken + skipped ~= tonumber(position)',
    to: 'false',
    tests: redrives,
  },
  {
    name: 'redrive-goes-on-after-a-stop',
    file: retry,
    from: "if state ~= 'running' then",
    to: 'if false then',
    tests: ['packages/jobs/test/redrive-stop.test.ts'],
  },
  {
    name: 'redrive-takes-what-has-another-reason',
    file: 'packages/jobs/src/redrives/name-selected.ts',
    from: 'groupReason(reason) === wanted',
    to: 'true',
    tests: redrives,
  },
  {
    name: 'redrive-finishes-too-early',
    file: end,
    from: "(state == 'finished' and taken + skipped < tonumber(count))",
    to: 'false',
    tests: redrives,
  },
  {
    name: 'redrive-loses-jobs-when-redis-is-full',
    file: retry,
    from: "redis.call('HSET', redrive, 'taken', taken)",
    to: '',
    tests: ['packages/jobs/test/redrive-refused.test.ts'],
  },
  {
    name: 'resend-ignores-that-the-email-ended-anew',
    file: runner,
    from: '(await welcomeEmails.unsentSince(userId)) !== atMs',
    to: 'false',
    tests: resends,
  },
  {
    name: 'resend-counts-what-another-one-added',
    file: runner,
    from: "(await jobIsOurs()) === false ? 'skipped' : 'taken'",
    to: "'taken'",
    tests: resends,
  },
  {
    name: 'resend-finds-what-an-operator-removed',
    file: 'packages/sign-ups/src/redis/withdraw-welcome-email.lua',
    from: "redis.call('ZREM', unsent_emails, id)",
    to: '',
    tests: contracts,
  },
  {
    name: 'resend-finds-who-was-deleted',
    file: 'packages/sign-ups/src/redis/delete-sign-up.lua',
    from: "redis.call('ZREM', unsent_emails, id)",
    to: '',
    tests: contracts,
  },
  {
    name: 'resend-misses-what-was-given-up',
    file: 'packages/sign-ups/src/redis/give-up-welcome-email.lua',
    from: "redis.call('ZADD', unsent_emails, now_ms, id)",
    to: '',
    tests: contracts,
  },
  {
    name: 'resend-misses-what-failed',
    file: 'packages/sign-ups/src/redis/settle-welcome-email.lua',
    from: "redis.call('ZADD', unsent_emails, now_ms, id)",
    to: '',
    tests: contracts,
  },
  {
    name: 'resend-misses-whose-copies-are-used-up',
    file: 'packages/sign-ups/src/redis/claim-welcome-email.lua',
    from: "redis.call('ZADD', unsent_emails, now_ms, id)",
    to: '',
    tests: contracts,
  },
  {
    name: 'resend-finds-what-is-under-way',
    file: 'packages/sign-ups/src/redis/claim-welcome-email.lua',
    from: "redis.call('ZREM', unsent_emails, id)",
    to: '',
    tests: contracts,
  },
  {
    name: 'lost-job-can-never-be-retried',
    file: 'packages/sign-ups/src/redis/claim-welcome-email.lua',
    from: "redis.call('HSET', record, 'emailStalls', lost, 'emailToken', token)",
    to: '',
    tests: contracts,
  },
  {
    name: 'email-that-killed-its-workers-is-not-sent-again',
    file: 'packages/sign-ups/src/redis/give-up-welcome-email.lua',
    from: "redis.call('HSET', record, 'emailStalls', lost)",
    to: '',
    tests: contracts,
  },
  {
    name: 'domains-without-end',
    file: 'packages/redis/src/count-by-hour.lua',
    from: 'size >= tonumber(most)',
    to: 'false',
    tests: ['packages/mail/test/deliveries.test.ts'],
  },
  {
    name: 'domain-of-one-person-is-shown',
    file: 'packages/mail/src/deliveries.ts',
    from: 'const fewMessages = 5;',
    to: 'const fewMessages = 1;',
    tests: ['packages/mail/test/deliveries.test.ts'],
  },
  {
    name: 'dry-runs-side-by-side',
    file: 'packages/jobs/src/redrives/redrives.ts',
    from: 'lastPlan.then(() => plan(selection, part))',
    to: 'plan(selection, part)',
    tests: ['packages/jobs/test/dry-runs-at-once.test.ts'],
  },
  {
    name: 'redrive-from-a-moment-that-there-is-not',
    file: 'apps/api/src/admin/pages/redrive-form.ts',
    from: 'if (ms >= 0) return ms;',
    to: 'return ms;',
    tests: ['apps/api/test/redrive-pages.test.ts'],
  },
];
