import axe from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

/** A page in a browser, and what it did that it should not. */
export interface WatchedPage {
  page: Page;
  /**
   * Requests to other hosts, errors, and what Chromium says on the console: violations of the page's policy are among
   * it.
   */
  sins: string[];
  /** What axe finds wrong for people who see, hear or move differently: one line for each place. */
  findBarriers(): Promise<string[]>;
  close(): Promise<void>;
}

export const openPage = async (
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> => {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const sins: string[] = [];
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol !== 'data:' && hostname !== '127.0.0.1') sins.push(`asked ${request.url()}`);
  });
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) sins.push(message.text());
  });
  page.on('pageerror', (error) => sins.push(error.message));
  return {
    page,
    sins,
    findBarriers: async () => {
      // A script tag would violate the policy.
      if (await page.evaluate("typeof axe === 'undefined'")) await page.evaluate(axe.source);
      const { violations } = await page.evaluate(() =>
        (globalThis as unknown as { axe: typeof axe }).axe.run(),
      );
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    },
    close: () => context.close(),
  };
};
