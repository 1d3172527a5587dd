import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import type { Scene } from './scene.ts';

/** Takes each picture into `folder`, and returns their paths. */
export const takePictures = async (
  browser: Browser,
  { apiUrl, login }: Scene,
  folder: string,
): Promise<string[]> => {
  const context = await browser.newContext({
    httpCredentials: login,
    viewport: { width: 1_200, height: 640 },
    locale: 'en',
  });
  const page = await context.newPage();

  const signUp = join(folder, 'sign-up.png');
  await page.goto(`${apiUrl}/`);
  await page.getByLabel('Name').fill('Grace Hopper');
  await page.getByLabel('Email address').fill('grace@example.com');
  await page.keyboard.press('Enter');
  await page.getByText('Sent', { exact: true }).waitFor();
  await page.screenshot({ path: signUp });

  const failures = join(folder, 'failures.png');
  await page.goto(`${apiUrl}/admin/failures`);
  await page.screenshot({ path: failures });
  await context.close();
  return [signUp, failures];
};
