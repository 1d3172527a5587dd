import { browserProgram, openBrowser } from '@backend-jobs/local-services/browser';
import { beforeEach, expect } from 'vitest';
import { admin, test } from './support/world.ts';

beforeEach(browserProgram.orSkip);

test('an operator has failed welcomes sent again, without JavaScript', async ({ world, onTestFinished }) => {
  const browser = await openBrowser();
  onTestFinished(() => browser.close());
  world.smtp.script = { onRcptTo: () => ({ code: 550, message: '5.1.1 no such mailbox' }) };
  const ids = await world.signUpMany(3, 'refused');
  const statuses = async () => (await world.findAll(ids)).map(({ welcomeEmail }) => welcomeEmail?.status);
  await expect.poll(statuses).toEqual(Array(3).fill('failed'));
  world.smtp.script = {};

  const context = await browser.newContext({
    httpCredentials: { username: admin.user, password: admin.password },
    javaScriptEnabled: false,
  });
  const page = await context.newPage();
  const sins: string[] = [];
  page.on('console', (message) => sins.push(message.text()));
  const shoot = async (name: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `.data/screenshots/${name}-${colorScheme}.png`, fullPage: true });
    }
  };

  await page.goto(`${world.apiUrl}/admin/failures`);
  await shoot('failures');
  await page.getByRole('button', { name: 'Dry run of emails: 550 5.1.1' }).click();
  await page.getByText('It would take 3').waitFor();
  await shoot('dry-run');
  await page.getByLabel('Why').fill('the relay is back');
  await page.getByLabel('At most so many a second').fill('1');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('button', { name: 'Stop' }).waitFor();
  await shoot('redrive');
  // The page loads itself again.
  await page.getByText('3 of 3: 3 taken, 0 skipped, 0 left').waitFor();
  await expect.poll(statuses).toEqual(Array(3).fill('sent'));
  for (const index of ids.keys()) expect(world.smtp.to(`refused.${index}@example.com`)).toHaveLength(1);
  expect(sins).toEqual([]);
});
