import type { NamedMutant } from '../named-mutant.ts';

const maskPerson = 'apps/api/src/dashboard/mask-person.ts';
const rules = 'apps/api/src/dashboard/board-rules.ts';
const queueAdapter = 'apps/api/src/dashboard/queue-adapter.ts';
const dashboard = 'apps/api/src/dashboard/dashboard-plugin.ts';
const policies = ['apps/api/test/page-policies.test.ts'];
const rulesTests = ['apps/api/test/dashboard-rules.test.ts'];
const mask = ['apps/api/test/dashboard-mask.test.ts'];
const shareReading = 'apps/api/src/admin/pages/share-reading.ts';
const expensive = ['apps/api/test/expensive-pages.test.ts'];

export const dashboardMutants: readonly NamedMutant[] = [
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
  {
    name: 'failures-read-for-each-who-asks',
    file: shareReading,
    from: 'if (reading) return reading;',
    to: '',
    tests: expensive,
  },
  {
    name: 'failures-read-once-for-all-time',
    file: shareReading,
    from: 'reading.then(() => setTimeout(forget, performance.now() - startedAtMs).unref(), forget);',
    to: 'forget.length + startedAtMs;',
    tests: expensive,
  },
];
