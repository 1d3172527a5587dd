import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const places = (process.env.PATH ?? '').split(':');
const names = ['chromium', 'chromium-browser', 'google-chrome'];

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The browser of this machine. Without one what needs it is left out, unless `REQUIRE_BROWSER` is set. */
export const browserPath = places.flatMap((place) => names.map((name) => `${place}/${name}`)).find(isProgram);

export const howToGetBrowser = `install Chromium, so that ${names.join(', or ')} is on the PATH`;

if (!browserPath && process.env.REQUIRE_BROWSER) throw new Error(`There is no browser: ${howToGetBrowser}`);

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    ...(browserPath && { executablePath: browserPath }),
    // As root, in a container: it has neither a sandbox nor a large /dev/shm.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
