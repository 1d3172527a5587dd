import { browserProgram, openBrowser } from '@backend-jobs/local-services/browser';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { beforeEach, describe, expect } from 'vitest';
import { openPage as openWatchedPage } from './support/open-page.ts';
import { admin, test as base, type World } from './support/world.ts';

// biome-ignore lint/correctness/noEmptyPattern: how vitest wants to be told that a fixture needs no other
const test = base.extend('browser', { scope: 'file' }, async ({}, { onCleanup }): Promise<Browser> => {
  const browser = await openBrowser();
  onCleanup(() => browser.close());
  return browser;
});

const viewer = { username: 'viewer', password: 'another-password' };

/** A page that knows the login. */
const openPage = (browser: Browser, options: BrowserContextOptions = {}) =>
  openWatchedPage(browser, {
    httpCredentials: { username: admin.user, password: admin.password },
    ...options,
  });

const board = (world: World) => `${world.apiUrl}/admin/queues`;

describe('in a browser', () => {
  beforeEach(browserProgram.orSkip);

  test.for(['light', 'dark'] as const)(
    'the dashboard works whole, in %s, asks nobody else, and keeps to its policy',
    async (colorScheme, { world, browser }) => {
      const id = await world.signUp(`browser.${colorScheme}@example.com`);
      await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'sent' } });
      const { page, sins, close } = await openPage(browser, { colorScheme });
      await page.goto(board(world), { waitUntil: 'networkidle' });
      await page.getByRole('link', { name: /users/ }).first().click();
      await page.waitForLoadState('networkidle');
      await page.goto(`${board(world)}/queue/users/${id}`, { waitUntil: 'networkidle' });
      await page.getByText('create-user').first().waitFor();
      await page.screenshot({ path: `.data/screenshots/dashboard-${colorScheme}.png` });
      expect(sins).toEqual([]);
      await close();
    },
  );

  test('its own buttons work, and the same asked by another site do not', async ({ world, browser }) => {
    const { page, sins, close } = await openPage(browser);
    await page.goto(`${board(world)}/queue/users`, { waitUntil: 'networkidle' });
    const put = (url: string) =>
      page.evaluate(
        async (to) => (await fetch(to, { method: 'PUT', mode: 'cors', credentials: 'include' })).status,
        url,
      );
    expect(await put(`${board(world)}/api/queues/users/pause`)).toBe(200);
    expect(await put(`${board(world)}/api/queues/users/resume`)).toBe(200);
    expect(sins).toEqual([]);

    // A form on a page of another origin, opened in the browser that knows the login.
    const retry = `${board(world)}/api/queues/users/pause`;
    await page.route('http://evil.test/', (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<form method="post" action="${retry}"></form><script>document.forms[0].submit()</script>`,
      }),
    );
    const answered = page.waitForResponse(retry);
    await page.goto('http://evil.test/');
    expect((await answered).status()).toBe(403);
    await close();
  });

  test('a viewer sees the same pages', async ({ world, browser }) => {
    const api = await world.startApi({ env: { VIEWER_PASSWORD: viewer.password } });
    const { page, sins, close } = await openPage(browser, { httpCredentials: viewer });
    await page.goto(`${api.url}/admin/queues/queue/users`, { waitUntil: 'networkidle' });
    await page.getByText('create-user').first().waitFor();
    expect(sins).toEqual([]);
    await close();
  });

  test('the pages of the API keep to their policies too', async ({ world, browser }) => {
    const { page, sins, close } = await openPage(browser);
    for (const path of ['/docs/', '/problems']) {
      await page.goto(world.apiUrl + path, { waitUntil: 'networkidle' });
      await page.locator('h1, h2').first().waitFor();
      expect(sins, path).toEqual([]);
      await page.screenshot({ path: `.data/screenshots${path.replace(/\/$/, '')}.png` });
    }
    expect(sins).toEqual([]);
    await close();
  });
});
