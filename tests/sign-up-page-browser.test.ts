import { browserProgram, openBrowser } from '@backend-jobs/local-services/browser';
import type { Browser } from 'playwright-core';
import { beforeEach, describe, expect } from 'vitest';
import { openPage } from './support/open-page.ts';
import { test as base } from './support/world.ts';

const test = base
  // biome-ignore lint/correctness/noEmptyPattern: how vitest wants to be told that a fixture needs no other
  .extend('browser', { scope: 'file' }, async ({}, { onCleanup }): Promise<Browser> => {
    const browser = await openBrowser();
    onCleanup(() => browser.close());
    return browser;
  })
  /** Sign-ups that are over, in a world where nothing goes on until `startWorker` is called. */
  .extend('settled', { scope: 'file' }, async ({ world }) => {
    world.smtp.script = {
      onRcptTo: (address) =>
        address.startsWith('refused') ? { code: 550, message: '5.1.1 no such user' } : undefined,
    };
    const ids = {
      sent: await world.signUp('sent@example.com'),
      failed: await world.signUp('refused@example.com'),
    };
    await expect.poll(() => world.find(ids.sent)).toMatchObject({ welcomeEmail: { status: 'sent' } });
    await expect.poll(() => world.find(ids.failed)).toMatchObject({ welcomeEmail: { status: 'failed' } });
    await Promise.all(world.workers.map((worker) => worker.stop()));
    return ids;
  });

const schemes = ['light', 'dark'] as const;

/** What Chromium itself says of the page of a form with faults. */
const badRequest = 'Failed to load resource: the server responded with a status of 400 (Bad Request)';

describe('in a browser, people sign up', () => {
  beforeEach(browserProgram.orSkip);

  test.for(['en', 'pt-BR'])(
    'on pages that hinder nobody and keep to their policy, light or dark: %s',
    async (lang, { world, browser, settled }) => {
      const { page, faults, findBarriers, close } = await openPage(browser, { locale: lang });
      const examine = async (name: string) => {
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: `.data/screenshots/sign-up-${name}-${lang}-${colorScheme}.png` });
          expect(await findBarriers(), `${name}, ${colorScheme}`).toEqual([]);
        }
        expect(faults, name).toEqual([]);
      };
      await page.goto(world.apiUrl);
      expect(await page.locator('html').getAttribute('lang')).toBe(lang);
      await examine('form');
      await page.locator('#email').fill('ada');
      await page.locator('button').click();
      await page.locator('#email-fault').waitFor();
      expect(await page.locator('#email').inputValue()).toBe('ada');
      expect(faults.splice(0)).toEqual([badRequest]);
      await examine('faults');
      await page.locator('#name').fill('Ada Lovelace');
      await page.locator('#email').fill(`${lang}@example.com`);
      await page.locator('button').click();
      await page.locator('.step.current').waitFor();
      await examine('waiting');
      for (const [name, id] of Object.entries(settled)) {
        await page.goto(`${world.apiUrl}/sign-ups/${id}?lang=${lang}`);
        await examine(name);
      }
      await close();
    },
  );

  test('by keyboard alone, and see live how far it is', async ({ world, browser, settled: _ }) => {
    const { page, faults, close } = await openPage(browser);
    const focus = () => page.evaluate('document.activeElement.id');
    const isFollowing = () => page.evaluate('source !== undefined');
    await page.goto(world.apiUrl);
    for (const key of ['Tab', 'Tab', 'Enter']) await page.keyboard.press(key); // the other language, and the first field
    await page.locator('#name-fault').waitFor();
    expect(await focus()).toBe('name');
    expect(faults.splice(0)).toEqual([badRequest]);
    await page.keyboard.type('Ada');
    await page.keyboard.press('Tab');
    expect(await focus()).toBe('email');
    await page.keyboard.type('keyboard@example.com');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Almost there' }).waitFor();

    await page.evaluate('window.wasHere = true');
    const show = (visibility: 'hidden' | 'visible') =>
      page.evaluate(`Object.defineProperty(document, 'hidden', {
        value: ${visibility === 'hidden'},
        configurable: true,
      });
      document.dispatchEvent(new Event('visibilitychange'));`);
    await expect.poll(isFollowing).toBe(true); // the script comes after the heading
    await show('hidden');
    expect(await isFollowing()).toBe(false);
    await show('visible');
    expect(await isFollowing()).toBe(true);

    await world.startWorker();
    await page.getByRole('heading', { name: 'Welcome!' }).waitFor();
    expect(await page.getByRole('status').textContent()).toContain('your welcome email has been sent');
    expect(await page.locator('.step.done').count()).toBe(3);
    expect(await page.evaluate('window.wasHere')).toBe(true);
    expect(await isFollowing()).toBe(false);
    expect(faults).toEqual([]);
    await close();
  });

  test('without JavaScript, and the page looks again by itself', async ({ world, browser }) => {
    const { promise: isSeen, resolve: see } = Promise.withResolvers<void>();
    world.smtp.script = { onFinalDot: () => isSeen };
    const { page, close } = await openPage(browser, { javaScriptEnabled: false });
    await page.goto(world.apiUrl);
    await page.locator('#name').fill('Ada');
    await page.locator('#email').fill('no.script@example.com');
    await page.locator('button').click();
    await page.waitForURL(/sign-ups/);
    await expect.poll(() => page.locator('noscript p').isVisible()).toBe(true);
    see();
    await expect.poll(() => page.title(), { timeout: 20_000 }).toBe('Welcome!');
    await close();
  });
});
