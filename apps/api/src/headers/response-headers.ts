/** The headers of responses, as OpenAPI describes them. */
const header = (type: string, description: string, example: string | number) => ({
  type,
  description,
  example,
});

const requestId = header(
  'string',
  'The ID of the request: the `X-Request-Id` that the client sent, or a new one',
  '5f0c',
);
const retryAfter = header('integer', 'Seconds to wait before the next request', 1);

/** Of every response. */
export const responseHeaders = { 'x-request-id': requestId };

/** Of a sign-up whose status can still change. */
export const inProgressHeaders = { ...responseHeaders, 'retry-after': retryAfter };

const rateLimitHeaders = {
  'ratelimit-limit': header('integer', 'Requests allowed in a time window', 600),
  'ratelimit-remaining': header('integer', 'Requests left in the current time window', 599),
  'ratelimit-reset': header('integer', 'Seconds until the current time window ends', 60),
};

/** Of a sign-up that has just been accepted. */
export const acceptedHeaders = {
  ...inProgressHeaders,
  ...rateLimitHeaders,
  location: header('string', 'Where to follow the sign-up', '/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10'),
};

/** Of an error, by its status. The other errors have those of every response. */
export const problemHeaders: Record<number, Record<string, ReturnType<typeof header>>> = {
  401: {
    ...responseHeaders,
    'www-authenticate': header('string', 'How to authenticate', 'Bearer realm="Backend Jobs"'),
  },
  429: { ...inProgressHeaders, ...rateLimitHeaders },
  503: inProgressHeaders,
};
