import type { NamedMutant } from '../named-mutant.ts';

const logins = 'apps/api/src/admin/access/logins-plugin.ts';
const sameOrigin = 'apps/api/src/plugins/same-origin.ts';
const trail = 'apps/api/src/admin/access/trail-plugin.ts';
const access = ['apps/api/test/dashboard-access.test.ts'];
const constantTime = ['apps/api/test/constant-time.test.ts'];
const origins = ['apps/api/test/same-origin.test.ts'];
const log = ['apps/api/test/dashboard-log.test.ts'];
const trailTests = ['apps/api/test/trail.test.ts'];

export const operatorMutants: readonly NamedMutant[] = [
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
    from: 'const isPassword = isSame(password, login.password)',
    to: 'const isPassword = isUser && isSame(password, login.password)',
    tests: constantTime,
  },
  {
    name: 'second-login-compared-after-the-first-failed-only',
    file: logins,
    from: 'const [login] = logins.filter((each) => matches(each, user, password))',
    to: 'const login = logins.find((each) => matches(each, user, password))',
    tests: constantTime,
  },
  {
    name: 'login-without-a-password-is-open',
    file: 'apps/api/src/admin/access/login-variables.ts',
    from: 'if (viewer) list.push(',
    to: 'list.push(',
    tests: ['apps/api/test/config.unit.test.ts'],
  },
  {
    name: 'failed-logins-not-counted',
    file: logins,
    from: 'isCounted: !operator',
    to: 'isCounted: false',
    tests: access,
  },
  {
    name: 'right-password-accepted-during-a-lock-out',
    file: logins,
    from: 'isExceeded || (operator && remaining === 0)',
    to: 'isExceeded',
    tests: access,
  },
  {
    name: 'viewer-may-change-things',
    file: logins,
    from: "request.operator?.role !== 'admin'",
    to: 'request.operator === undefined',
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
    name: 'failed-logins-not-logged',
    file: logins,
    from: 'if (!operator) logFailure(request, failures);',
    to: '',
    tests: log,
  },
  {
    name: 'writes-of-operators-not-logged',
    file: trail,
    from: "log.info({ ...who, method, action, ...(operator && target), status }, 'dashboard write');",
    to: '',
    tests: log,
  },
  {
    name: 'refused-writes-not-logged',
    file: trail,
    from: 'if (isRead(request)) return;',
    to: 'if (isRead(request) || status >= 400) return;',
    tests: log,
  },
  {
    name: 'words-of-strangers-in-the-log',
    file: trail,
    from: '...(operator && target), status',
    to: '...target, status',
    tests: log,
  },
  {
    name: 'done-although-not-recorded',
    file: trail,
    from: 'trail.begin({ ...action, target }).catch(() => {',
    to: "trail.begin({ ...action, target }).catch(() => '').catch(() => {",
    tests: trailTests,
  },
  {
    name: 'refusals-not-in-the-trail',
    file: trail,
    from: 'await trail.refuse(action, status);',
    to: '{}',
    tests: trailTests,
  },
  {
    name: 'trail-filled-with-refusals',
    file: trail,
    from: 'max: 20,',
    to: 'max: 1_000,',
    tests: trailTests,
  },
  {
    name: 'trail-filled-with-what-does-not-exist',
    file: trail,
    from: 'isRead(request) || request.is404',
    to: 'isRead(request)',
    tests: trailTests,
  },
  {
    name: 'whole-urls-in-the-trail',
    file: 'apps/api/src/admin/access/writes.ts',
    from: '.slice(0, longestPath)',
    to: '',
    tests: trailTests,
  },
  {
    name: 'act-that-nobody-logs-once-its-client-left',
    file: trail,
    from: "app.addHook('onSend', async",
    to: "app.addHook('onResponse', async",
    tests: trailTests,
  },
  {
    name: 'find-open-to-other-sites',
    file: logins,
    from: 'if (isSafe(request)) return;',
    to: 'if (isRead(request)) return;',
    tests: origins,
  },
  {
    name: 'login-whose-redrive-is-lost',
    file: 'apps/api/src/admin/access/login-variables.ts',
    from: '{1,100}$/u',
    to: '+$/u',
    tests: ['apps/api/test/config.unit.test.ts'],
  },
];
