import { accessSync, constants } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { findMachinePart } from './machine-part.ts';

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

/** The path of this machine's browser. */
export const browserProgram = await findMachinePart({
  name: 'Chromium',
  tests: 'the pages in a browser',
  find: async ({ report }) => {
    report(`Install it, so that ${names.join(', or ')} is on the PATH`);
    return places.flatMap((place) => names.map((name) => `${place}/${name}`)).find(isProgram);
  },
});

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({
    executablePath: browserProgram.get(),
    // As root, in a container: it has neither a sandbox nor a large /dev/shm.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  });
