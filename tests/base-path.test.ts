import { findMachinePart, findNginx, type Nginx, startNginx } from '@backend-jobs/local-services';
import { browserProgram, openBrowser } from '@backend-jobs/local-services/browser';
import type { Browser } from 'playwright-core';
import { beforeEach, describe, expect } from 'vitest';
import { basic } from './support/login.ts';
import { admin, test as base, type World } from './support/world.ts';

const program = await findMachinePart({
  name: 'nginx',
  tests: 'a base path behind a real proxy',
  find: findNginx,
});
beforeEach(program.orSkip);

const proxies = [
  { kind: 'takes the base path off', slash: '/' },
  { kind: 'leaves the base path', slash: '' },
] as const;

const test = base.extend('openProxy', { scope: 'file' }, async ({ world }, { onCleanup }) => {
  const { url } = await world.startApi({ env: { BASE_PATH: '/svc', TRUST_PROXY: '127.0.0.1' } });
  const opened: Nginx[] = [];
  onCleanup(async () => void (await Promise.all(opened.map((nginx) => nginx.stop()))));
  return async (slash: string): Promise<string> => {
    const server = `location /svc/ {
      proxy_pass ${url}${slash};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
    }`;
    const nginx = await startNginx({ program: program.get(), server });
    opened.push(nginx);
    return nginx.url;
  };
});

const signUp = async (url: string, email: string) => {
  const response = await fetch(`${url}/svc/users`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'Ada Lovelace', email }),
  });
  expect(response.status).toBe(202);
  return response.headers.get('location') as string;
};

/** What a browser that opens `url` could not load, and what it was refused; and what it shows. */
const browse = async (browser: Browser, url: string, waitFor: string): Promise<string[]> => {
  const page = await browser.newPage({
    httpCredentials: { username: admin.user, password: admin.password },
  });
  const faults: string[] = [];
  page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
  page.on('pageerror', (error) => void faults.push(error.message));
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  await page.getByText(waitFor).first().waitFor();
  await page.close();
  return faults;
};

const paused = async (world: World) => {
  const { queues } = (await (await world.operate('GET', '/queues')).json()) as {
    queues: { name: string; isPaused: boolean }[];
  };
  return queues.filter(({ isPaused }) => isPaused).map(({ name }) => name);
};

describe.each(proxies)('behind an nginx that $kind', ({ kind, slash }) => {
  test('a sign-up is followed by its link, and a problem has a page', async ({ world, openProxy }) => {
    const url = await openProxy(slash);
    const location = await signUp(url, `${kind.split(' ')[0]}@example.com`);
    expect(location).toMatch(/^\/svc\/users\//);
    await expect
      .poll(async () => (await fetch(url + location)).json())
      .toMatchObject({ status: 'created', welcomeEmail: { status: 'sent' } });
    const missing = (await (await fetch(`${url}/svc/nowhere`)).json()) as { type: string };
    expect((await fetch(new URL(missing.type, url))).status).toBe(200);

    const put = (action: string) =>
      fetch(`${url}/svc/admin/queues/api/queues/maintenance/${action}`, {
        method: 'PUT',
        headers: { authorization: basic(admin), origin: url },
      });
    expect((await put('pause')).status).toBe(200);
    expect(await paused(world)).toEqual(['maintenance']);
    expect((await put('resume')).status).toBe(200);
  });

  describe('in a browser', () => {
    beforeEach(browserProgram.orSkip);

    test('the dashboard and the documentation work', async ({ openProxy, onTestFinished }) => {
      const url = `${await openProxy(slash)}/svc`;
      const browser = await openBrowser();
      onTestFinished(() => browser.close());
      expect(await browse(browser, `${url}/admin/queues/`, 'emails')).toEqual([]);
      expect(await browse(browser, `${url}/admin/queues/queue/users`, 'users')).toEqual([]);
      expect(await browse(browser, `${url}/docs`, 'Sign up a user')).toEqual([]);
    });
  });
});
