import { browserProgram, openBrowser } from '@backend-jobs/local-services/browser';
import type { Browser } from 'playwright-core';
import { beforeEach, expect } from 'vitest';
import { openPage } from './support/open-page.ts';
import { admin, test as base } from './support/world.ts';

const httpCredentials = { username: admin.user, password: admin.password };

// biome-ignore lint/correctness/noEmptyPattern: how vitest wants to be told that a fixture needs no other
const test = base.extend('browser', { scope: 'file' }, async ({}, { onCleanup }): Promise<Browser> => {
  const browser = await openBrowser();
  onCleanup(() => browser.close());
  return browser;
});

beforeEach(browserProgram.orSkip);

test('an operator has failed welcomes sent again, without JavaScript', async ({ world, browser }) => {
  world.smtp.script = { onRcptTo: () => ({ code: 550, message: '5.1.1 no such mailbox' }) };
  const ids = await world.signUpMany(2, 'refused');
  const statuses = async () => (await world.findAll(ids)).map(({ welcomeEmail }) => welcomeEmail?.status);
  // The jobs fail a moment later than the store has it, and the page is loaded once.
  const jobs = () => Promise.all(ids.map((id) => world.job('users', id)));
  await expect.poll(jobs).toMatchObject(Array(2).fill({ returnValue: { welcomeEmail: 'failed' } }));
  world.smtp.script = {};

  const { page, faults, close } = await openPage(browser, { httpCredentials, javaScriptEnabled: false });
  await page.goto(`${world.apiUrl}/admin/failures`);
  await page.getByRole('button', { name: 'Dry run of emails: 550 5.1.1' }).click();
  await page.getByText('It would take 2').waitFor();
  await page.getByLabel('Why').fill('the relay is back');
  await page.getByLabel('At most this many a second').fill('1');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Stop' }).waitFor();
  // The page loads itself again.
  await page.getByText('2 of 2: 2 taken, 0 skipped, 0 left').waitFor();
  await expect.poll(statuses).toEqual(Array(2).fill('sent'));
  for (const index of ids.keys()) expect(world.smtp.to(`refused.${index}@example.com`)).toHaveLength(1);
  expect(faults).toEqual([]);
  await close();
});

test('the pages of failures and redrives hinder nobody and keep to their policy, light and dark', async ({
  world,
  browser,
}) => {
  world.smtp.script = { onRcptTo: () => ({ code: 550, message: '5.1.1 no such mailbox' }) };
  const id = await world.signUp('refused.again@example.com');
  await expect.poll(() => world.find(id)).toMatchObject({ welcomeEmail: { status: 'failed' } });
  const { page, faults, findBarriers, close } = await openPage(browser, { httpCredentials });
  const examine = async (name: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `.data/screenshots/${name}-${colorScheme}.png`, fullPage: true });
      expect(await findBarriers(), `${name}, ${colorScheme}`).toEqual([]);
    }
    expect(faults, name).toEqual([]);
  };
  await page.goto(`${world.apiUrl}/admin/deliveries`);
  await examine('deliveries');
  await page.goto(`${world.apiUrl}/admin/failures`);
  await examine('failures');
  await page.getByLabel('Ended from').fill('2026-01-31T12:00:00');
  await page.getByRole('button', { name: 'Dry run', exact: true }).last().click();
  await page.getByText(/welcomes that are failed or unknown, from 2026-01-31 12:00:00/).waitFor();
  await examine('dry-run');
  await page.getByLabel('Why').fill('to look at it');
  await world.operate('PUT', '/queues/maintenance/pause');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByText('0 of 1: 0 taken, 0 skipped, 1 left').waitFor();
  await examine('redrive');
  await page.getByRole('button', { name: 'Stop' }).click();
  await page.getByText('Stopped by admin').waitFor();
  await examine('redrive-stopped');
  await world.operate('PUT', '/queues/maintenance/resume');
  await close();
});
