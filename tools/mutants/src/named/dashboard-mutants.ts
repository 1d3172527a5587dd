import type { NamedMutant } from '../named-mutant.ts';

const logins = 'apps/api/src/dashboard/logins-plugin.ts';
const sameOrigin = 'apps/api/src/dashboard/same-origin.ts';
const maskPerson = 'apps/api/src/dashboard/mask-person.ts';
const rules = 'apps/api/src/dashboard/board-rules.ts';
const queueAdapter = 'apps/api/src/dashboard/queue-adapter.ts';
const dashboard = 'apps/api/src/dashboard/dashboard-plugin.ts';
const access = ['apps/api/test/dashboard-access.test.ts'];
const constantTime = ['apps/api/test/constant-time.test.ts'];
const origins = ['apps/api/test/same-origin.test.ts'];
const policies = ['apps/api/test/page-policies.test.ts'];
const log = ['apps/api/test/dashboard-log.test.ts'];
const rulesTests = ['apps/api/test/dashboard-rules.test.ts'];
const mask = ['apps/api/test/dashboard-mask.test.ts'];

export const dashboardMutants: readonly NamedMutant[] = [
  {
    name: 'login-compared-by-equals',
    file: logins,
    from: 'timingSafeEqual(digest(given), digest(expected))',
    to: 'given === expected',
    tests: constantTime,
  },
  {
    name: 'password-compared-after-the-right-user-only',
    file: logins,
    from: "const isPassword = isSame(password, login.password ?? '')",
    to: "const isPassword = isUser && isSame(password, login.password ?? '')",
    tests: constantTime,
  },
  {
    name: 'second-login-compared-after-the-first-failed-only',
    file: logins,
    from: 'roles.filter((role) => matches(logins[role], user, password))[0]',
    to: 'roles.find((role) => matches(logins[role], user, password))',
    tests: constantTime,
  },
  {
    name: 'login-without-a-password-is-open',
    file: logins,
    from: ' && Boolean(login.password)',
    to: '',
    tests: access,
  },
  {
    name: 'failed-logins-not-counted',
    file: logins,
    from: 'increment: role === undefined',
    to: 'increment: false',
    tests: access,
  },
  {
    name: 'right-password-accepted-during-a-lock-out',
    file: logins,
    from: '(failures.isExceeded || (role && failures.remaining === 0))',
    to: 'failures.isExceeded',
    tests: access,
  },
  {
    name: 'viewer-may-change-things',
    file: logins,
    from: "request.role !== 'admin'",
    to: 'request.role === undefined',
    tests: access,
  },
  {
    name: 'origin-compared-without-its-port',
    file: sameOrigin,
    from: 'new URL(headers.origin).host === host',
    to: "new URL(headers.origin).hostname === host.split(':')[0]",
    tests: origins,
  },
  {
    name: 'origin-compared-by-its-beginning',
    file: sameOrigin,
    from: 'new URL(headers.origin).host === host',
    to: 'new URL(headers.origin).host.startsWith(host)',
    tests: origins,
  },
  {
    name: 'origin-compared-by-its-end',
    file: sameOrigin,
    from: 'new URL(headers.origin).host === host',
    to: 'new URL(headers.origin).host.endsWith(host)',
    tests: origins,
  },
  {
    name: 'origin-believed-against-sec-fetch-site',
    file: sameOrigin,
    from: "if (site !== undefined) return site === 'same-origin'",
    to: "if (site === 'same-origin') return true",
    tests: origins,
  },
  {
    name: 'same-site-taken-for-same-origin',
    file: sameOrigin,
    from: "site === 'same-origin'",
    to: "site !== 'cross-site'",
    tests: access,
  },
  {
    name: 'person-not-masked',
    file: maskPerson,
    from: 'newUser: mask(data.newUser)',
    to: 'newUser: data.newUser',
    tests: mask,
  },
  {
    name: 'mask-leaves-the-local-part',
    file: maskPerson,
    from: '${maskWord(local)}@',
    to: '${local}@',
    tests: mask,
  },
  {
    name: 'masked-copy-can-be-saved',
    file: rules,
    from: "'patch /api/queues/:queueName/:jobId/update-data'",
    to: "'patch nothing'",
    tests: [...mask, ...rulesTests],
  },
  {
    name: 'fonts-of-another-company',
    file: dashboard,
    from: 'withoutWebFonts(payload) : payload',
    to: 'payload : payload',
    tests: policies,
  },
  {
    name: 'script-in-the-page-of-the-dashboard',
    file: dashboard,
    from: "script-src 'self'",
    to: "script-src 'self' 'unsafe-inline'",
    tests: policies,
  },
  {
    name: 'failed-logins-not-logged',
    file: logins,
    from: 'if (!role) logFailure(request, failures);',
    to: '',
    tests: log,
  },
  {
    name: 'writes-of-operators-not-logged',
    file: dashboard,
    from: "app.addHook('onResponse', logWrite);",
    to: '',
    tests: log,
  },
  {
    name: 'refused-writes-not-logged',
    file: 'apps/api/src/dashboard/write-log.ts',
    from: 'if (isRead(request)) return;',
    to: 'if (isRead(request) || statusCode >= 400) return;',
    tests: log,
  },
  {
    name: 'words-of-strangers-in-the-log',
    file: 'apps/api/src/dashboard/write-log.ts',
    from: 'const target = role && {',
    to: 'const target = {',
    tests: log,
  },
  {
    name: 'million-jobs-in-a-response',
    file: rules,
    from: 'if (Number(query[name]) > longestPage)',
    to: 'if (Number(query[name]) < 0)',
    tests: rulesTests,
  },
  {
    name: 'whole-log-in-a-response',
    file: queueAdapter,
    from: 'getJobLogs(id, -longestPage, -1)',
    to: 'getJobLogs(id)',
    tests: rulesTests,
  },
  {
    name: 'queue-obliterated',
    file: rules,
    from: "'put /api/queues/:queueName/obliterate'",
    to: "'put nothing'",
    tests: rulesTests,
  },
  {
    name: 'job-removed-without-a-record',
    file: queueAdapter,
    from: 'job.remove = () => this.#removal.remove(this.#queue, id);',
    to: '',
    tests: ['apps/api/test/dashboard-removal.test.ts'],
  },
];
