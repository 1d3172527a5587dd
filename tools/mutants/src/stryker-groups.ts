interface Group {
  /** What Stryker makes mutants of: files that guard something. */
  mutate: readonly string[];
  /**
   * The tests that have to notice. Each mutant costs those that reach it, so they are few and fast, and none of them starts
   * a process of the service: a mutant is in this process only.
   */
  tests: readonly string[];
}

const of = (folder: string, names: string): string[] => names.split(' ').map((name) => `${folder}/${name}`);

/** The packages by what tests them alone, and the API by the tests of its door. */
export const strykerGroups = {
  packages: {
    mutate: [
      ...of('packages/mail/src', 'contains-link.ts smtp-reply.ts smtp-settings.ts'),
      ...of('packages/redis/src', 'durability.ts outages.ts redis-url.ts'),
      ...of('packages/runtime/src', 'decoders.ts domain.ts error-facts.ts keyed-hash.ts own-hosts.ts'),
      ...of('packages/runtime/src', 'secret.ts server-url.ts smtp-url.ts variable.ts'),
      ...of('packages/sign-ups/src', 'canonical-email.ts formats.ts mailbox.ts person-name.ts'),
    ],
    tests: [
      'packages/{mail,redis,runtime,sign-ups}/test/**/*.unit.test.ts',
      'packages/redis/test/durability.test.ts',
    ],
  },
  api: {
    mutate: [
      ...of('apps/api/src/admin/access', 'login-variables.ts logins-plugin.ts writes.ts'),
      ...of('apps/api/src/dashboard', 'board-rules.ts mask-person.ts queue-adapter.ts'),
      ...of(
        'apps/api/src/plugins',
        'api-keys.ts forwarded-for.ts rate-limits.ts request-id.ts same-origin.ts scope-of.ts',
      ),
      ...of(
        'apps/api/src',
        'api-keys-list.ts idempotency/idempotency-keys.ts problems/to-problem.ts trusted-proxies.ts',
      ),
    ],
    tests: [
      'apps/api/test/*.unit.test.ts',
      'apps/api/test/{api-key,dashboard,idempotency,rate-,request-id,same-origin,trusted,forwarded,queue-adapter}*.test.ts',
      'apps/api/test/{post-user,every-response,constant-time,admission,shards,users-move,trail}.test.ts',
    ],
  },
} satisfies Record<string, Group>;

export type GroupName = keyof typeof strykerGroups;
