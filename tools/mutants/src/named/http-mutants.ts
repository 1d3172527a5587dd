import type { NamedMutant } from '../named-mutant.ts';

const options = 'apps/api/src/server-options.ts';
const validation = 'apps/api/src/validation.ts';
const postUser = ['apps/api/test/post-user.test.ts'];
const hostile = ['tests/hostile-input.test.ts'];

/** What a request may be, and what a response may say. */
export const httpMutants: readonly NamedMutant[] = [
  {
    name: 'values-coerced-to-their-types',
    file: validation,
    from: 'coerceTypes: false',
    to: 'coerceTypes: true',
    tests: postUser,
  },
  {
    name: 'unknown-fields-dropped-in-silence',
    file: validation,
    from: 'removeAdditional: false',
    to: "removeAdditional: 'all'",
    tests: postUser,
  },
  {
    name: 'bodies-of-a-mebibyte',
    file: options,
    from: 'bodyLimit: 16 * 1024',
    to: 'bodyLimit: 1024 * 1024',
    tests: postUser,
  },
  {
    name: 'request-id-with-anything-in-the-log',
    file: 'apps/api/src/plugins/request-id.ts',
    from: '/^[\\w.:-]{1,128}$/',
    to: '/[\\w.:-]{1,128}$/',
    tests: ['apps/api/test/request-id.test.ts'],
  },
  {
    name: 'url-in-the-log',
    file: 'apps/api/src/plugins/request-log.ts',
    from: 'route: routeOptions.url',
    to: 'route: request.url',
    tests: ['apps/api/test/every-response.test.ts'],
  },
  {
    name: 'internal-errors-shown',
    file: 'apps/api/src/problems/to-problem.ts',
    from: 'return new Problem(kindOf(error as HttpError))',
    to: 'return new Problem(kindOf(error as HttpError), String(error))',
    tests: ['apps/api/test/unexpected-error.test.ts'],
  },
  {
    name: 'pages-may-be-framed',
    file: 'apps/api/src/headers/security-headers.ts',
    from: `"frame-ancestors 'none'", `,
    to: '',
    tests: ['apps/api/test/page-policies.test.ts'],
  },
  {
    name: 'script-in-the-page-of-the-documentation',
    file: 'apps/api/src/plugins/openapi.ts',
    from: `"script-src 'self'"`,
    to: `"script-src 'self' 'unsafe-inline'"`,
    tests: ['apps/api/test/page-policies.test.ts'],
  },
  {
    name: 'lenient-parser',
    file: options,
    from: 'http: {',
    to: 'http: { insecureHTTPParser: true,',
    tests: ['apps/api/test/strict-parser.test.ts'],
  },
  {
    name: 'clients-may-take-for-ever',
    file: options,
    from: 'requestTimeout: timeoutsMs.request',
    to: 'requestTimeout: 0',
    tests: ['apps/api/test/strict-parser.test.ts'],
  },
  {
    name: 'status-that-is-not-described',
    file: 'apps/api/src/problems/problem-responses.ts',
    from: '[...errors, 500]',
    to: '[...errors.slice(1), 500]',
    tests: ['apps/api/test/openapi.test.ts'],
  },
  {
    name: 'bytes-that-are-no-utf-8',
    file: 'apps/api/src/plugins/json-body.ts',
    from: 'if (!isUtf8(body))',
    to: 'if (isUtf8(body) && body.length === 1)',
    tests: hostile,
  },
  {
    name: 'thousands-of-faults-named',
    file: 'apps/api/src/problems/field-errors.ts',
    from: '.slice(0, mostErrors)',
    to: '',
    tests: ['apps/api/test/bounds.test.ts'],
  },
  {
    name: 'two-hosts-in-a-request',
    file: 'apps/api/src/plugins/request-head.ts',
    from: 'single.find((name)',
    to: 'single.slice(1).find((name)',
    tests: hostile,
  },
  {
    name: 'host-that-is-none',
    file: 'apps/api/src/plugins/request-head.ts',
    from: '!hostPattern.test(host)',
    to: "host === ''",
    tests: hostile,
  },
  {
    name: 'any-transfer-coding',
    file: 'apps/api/src/plugins/request-head.ts',
    from: 'if (coding !== undefined &&',
    to: "if (coding === '' &&",
    tests: hostile,
  },
];
