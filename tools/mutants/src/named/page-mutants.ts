import type { NamedMutant } from '../named-mutant.ts';

const watchUnread = 'apps/api/src/connections/watch-unread.ts';
const page = 'apps/api/src/sign-up-page/sign-up-page-plugin.ts';
const follow = ['apps/api/test/follow-sign-up.test.ts'];
const bounds = ['apps/api/test/bounds.test.ts'];
const byClient = ['apps/api/test/streams-by-client.test.ts'];
const unread = ['apps/api/test/unread-streams.test.ts'];
const signUpPage = ['apps/api/test/sign-up-page.test.ts'];

const origins = ['apps/api/test/same-origin.test.ts'];

/** The page on which people sign up, and the streams by which they see how far it is. */
export const pageMutants: readonly NamedMutant[] = [
  {
    name: 'streams-without-end',
    file: 'apps/api/src/streams/streams-by-client.ts',
    from: 'return this.all.size < this.#max ||',
    to: 'return true ||',
    tests: follow,
  },
  {
    name: 'stream-that-nobody-reads-is-kept',
    file: watchUnread,
    from: 'connection.unreadSinceMs ??= nowMs;',
    to: 'if (!connection.isStream) connection.unreadSinceMs ??= nowMs;',
    tests: unread,
  },
  {
    name: 'stream-cut-off-although-it-is-read',
    file: watchUnread,
    from: 'if (connection.isStream) connection.unreadSinceMs = undefined;',
    to: '',
    tests: unread,
  },
  {
    name: 'client-who-left-takes-a-stream',
    file: 'apps/api/src/streams/sign-up-streams.ts',
    from: 'if (response.destroyed) return;',
    to: '',
    tests: byClient,
  },
  {
    name: 'one-client-keeps-all-streams',
    file: 'apps/api/src/streams/streams-by-client.ts',
    from: 'this.#largest().size > own + 1',
    to: 'false',
    tests: byClient,
  },
  {
    name: 'streams-taken-from-those-who-have-few',
    file: 'apps/api/src/streams/streams-by-client.ts',
    from: 'this.#largest().size > own + 1',
    to: 'true',
    tests: byClient,
  },
  {
    name: 'stream-keeps-what-its-client-sends',
    file: 'apps/api/src/connections/connection.ts',
    from: 'this.#isStream = true;\n    this.#intake.discard();',
    to: 'this.#isStream = true;',
    tests: unread,
  },
  {
    name: 'stream-whose-client-sends-without-end',
    file: 'apps/api/src/connections/connection.ts',
    from: 'this.#socket.bytesRead - bytesBefore > mostBytesBehindStream',
    to: 'false',
    tests: unread,
  },
  {
    name: 'person-shown-in-an-open-stream',
    file: 'apps/api/src/routes/follow-sign-up.ts',
    from: 'app.isOpen ? SignUpProgress : SignUpStatus',
    to: 'SignUpStatus',
    tests: follow,
  },
  {
    name: 'person-shown-by-the-page',
    file: page,
    from: 'reply.compileSerializationSchema(SignUpProgress)',
    to: 'JSON.stringify',
    tests: signUpPage,
  },
  {
    name: 'form-beside-the-limit',
    file: page,
    from: 'preHandler: [app.countSignUp, async ({ withinLimit }) => withinLimit],',
    to: '',
    tests: signUpPage,
  },
  {
    name: 'form-with-any-field',
    file: 'apps/api/src/sign-up-page/form-body.ts',
    from: "if (field !== 'name' && field !== 'email') throw error;",
    to: '',
    tests: signUpPage,
  },
  {
    name: 'form-with-a-field-twice',
    file: 'apps/api/src/pages/form-parser.ts',
    from: 'new Set(fields.map(([name]) => name)).size < fields.length',
    to: 'false',
    tests: signUpPage,
  },
  {
    name: 'nobody-signs-up-without-channels',
    file: 'packages/sign-ups/src/redis/settle-welcome-email.lua',
    from: 'redis.pcall(',
    to: 'redis.call(',
    tests: ['packages/sign-ups/test/sign-up-changes.test.ts'],
  },
  {
    name: 'end-that-a-follower-never-hears-of',
    file: 'apps/api/src/streams/send-events.ts',
    from: "statusEvent(found, toJson).id === request.headers['last-event-id']",
    to: "request.headers['last-event-id'] !== undefined",
    tests: follow,
  },
  {
    name: 'form-on-the-page-of-another-site',
    file: page,
    from: 'onRequest: async (request) => requireSameOrigin(request),',
    to: '',
    tests: origins,
  },
  {
    name: 'form-that-hides-its-origin',
    file: 'apps/api/src/headers/security-headers.ts',
    from: ", 'referrer-policy': 'same-origin' };",
    to: ' };',
    tests: origins,
  },
  {
    name: 'form-in-another-charset',
    file: 'apps/api/src/pages/form-parser.ts',
    from: '|| !isEncodedUtf8(text)',
    to: '',
    tests: signUpPage,
  },
  {
    name: 'link-to-wherever-the-request-says',
    file: 'apps/api/src/sign-up-page/send-sign-up-page.ts',
    from: "URL.parse(request.url, 'http://localhost')?.pathname ?? '/'",
    to: "request.url.split('?')[0]",
    tests: ['apps/api/test/foreign-target.test.ts'],
  },
  {
    name: 'thousands-of-fields-in-a-form',
    file: 'apps/api/src/pages/form-parser.ts',
    from: 'const mostFields = 20;',
    to: 'const mostFields = 20_000;',
    tests: bounds,
  },
  {
    name: 'thousands-of-languages-sorted',
    file: 'apps/api/src/sign-up-page/language.ts',
    from: '.slice(0, longestHeader)',
    to: '.slice(0)',
    tests: bounds,
  },
];
