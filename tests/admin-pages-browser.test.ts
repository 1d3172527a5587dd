import { browserProgram, openBrowser } from '@backend-jobs/local-services/browser';
import { beforeEach, expect } from 'vitest';
import { openPage } from './support/open-page.ts';
import { admin, test } from './support/world.ts';

beforeEach(browserProgram.orSkip);

const httpCredentials = { username: admin.user, password: admin.password };

test("the operators' pages hinder nobody and keep to their policy, light and wide, or dark and narrow", async ({
  world,
  onTestFinished,
}) => {
  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  world.smtp.script = {
    onRcptTo: (address) =>
      address.startsWith('refused') ? { code: 550, message: '5.1.1 no such mailbox' } : undefined,
  };
  const id = await world.signUp('refused@example.com');
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'failed' } });
  expect((await world.operate('PUT', '/queues/users/pause')).status).toBe(200);

  const { page, faults, findBarriers, close } = await openPage(browser, { httpCredentials });
  const pages = ['', '/find', `/find/${id}`, '/failures', '/deliveries', '/trail'];
  for (const path of pages) {
    await page.goto(`${world.apiUrl}/admin${path}`);
    for (const [colorScheme, width] of [
      ['light', 1_200],
      ['dark', 360],
    ] as const) {
      await page.setViewportSize({ width, height: 700 });
      await page.emulateMedia({ colorScheme });
      expect(await findBarriers(), `${path}, ${colorScheme}, ${width} px`).toEqual([]);
      const name = path.split('/')[1] || 'overview';
      await page.screenshot({ path: `.data/screenshots/admin-${name}-${colorScheme}.png` });
    }
  }
  expect(faults).toEqual([]);
  expect((await world.operate('PUT', '/queues/users/resume')).status).toBe(200);
  await close();
});

test('an operator finds a sign-up by keyboard alone, and its address gets into no URL', async ({
  world,
  onTestFinished,
}) => {
  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  const id = await world.signUp('keyboard@example.com');
  await expect.poll(() => world.find(id)).toMatchObject({ status: 'created' });
  const { page, faults, close } = await openPage(browser, { httpCredentials });
  const urls: string[] = [];
  page.on('request', (request) => urls.push(request.url()));
  await page.goto(`${world.apiUrl}/admin`);
  const focus = () => page.evaluate('document.activeElement.textContent || document.activeElement.name');
  const tabTo = async (wanted: string) => {
    for (let tabs = 0; tabs < 12 && (await focus()) !== wanted; tabs++) await page.keyboard.press('Tab');
    expect(await focus()).toBe(wanted);
  };
  await tabTo('Find');
  await page.keyboard.press('Enter');
  await page.getByLabel('Its id').waitFor();
  await tabTo('wanted');
  await page.keyboard.type('Keyboard@Example.com');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Sign-up' }).waitFor();
  // BullMQ counts the attempt that succeeds, too.
  expect(await page.locator('dt').allInnerTexts()).not.toContain('Failed attempts');
  expect(page.url()).toBe(`${world.apiUrl}/admin/find/${id}`);
  const text = await page.locator('main').textContent();
  expect(text).toContain('k•••@e•••.com');
  expect(urls.filter((url) => /keyboard/i.test(url))).toEqual([]);
  expect(faults).toEqual([]);
  await close();
});
