/** The headers of answers, as OpenAPI describes them. */
const header = (type: string, description: string, example: string | number) => ({
  type,
  description,
  example,
});

const requestId = header('string', "The request's own id, or the one that it came with", '5f0c');
const retryAfter = header('integer', 'Seconds to wait before the next try', 1);

export const answerHeaders = { 'x-request-id': requestId };

/** Until the sign-up has settled. */
export const underWayHeaders = { ...answerHeaders, 'retry-after': retryAfter };

const limitHeaders = {
  'ratelimit-limit': header('integer', 'Requests in a window', 600),
  'ratelimit-remaining': header('integer', 'Requests that are left in this one', 599),
  'ratelimit-reset': header('integer', 'Seconds until the next one', 60),
};

export const acceptedHeaders = {
  ...underWayHeaders,
  ...limitHeaders,
  location: header('string', 'Where to see how far it is', '/users/019bfa3e-6b1e-7c3a-9d55-2f1b6a9c4e10'),
};

/** Of an error, by its status. */
export const problemHeaders: Record<number, Record<string, ReturnType<typeof header>>> = {
  401: {
    ...answerHeaders,
    'www-authenticate': header('string', 'What to come with', 'Bearer realm="Backend Jobs"'),
  },
  429: { ...underWayHeaders, ...limitHeaders },
  503: underWayHeaders,
};
