import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { expect } from 'vitest';
import { test } from './support/test-api.ts';

/** Sends `target` in the first line of the request as it is, as a client does that takes the API for a proxy. */
const ask = (origin: string, target: string): Promise<string> =>
  new Promise((resolve, reject) => {
    request(origin, { path: target }, (response) => resolve(text(response)))
      .on('error', reject)
      .end();
  });

test('the sign-up page links to no other site, whatever the target of the request is', async ({ api }) => {
  const { app } = api;
  await app.listen({ host: '127.0.0.1', port: 0 });
  for (const target of ['http://evil.example/', 'http://evil.example/?lang=en']) {
    const body = await ask(app.listeningOrigin, target);
    expect(body).toContain('href="/?lang=');
    expect(body).not.toContain('evil');
  }
});
