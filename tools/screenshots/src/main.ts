import { fileURLToPath } from 'node:url';
import { openBrowser } from '@backend-jobs/local-services/browser';
import { takePictures } from './pictures.ts';
import { startScene } from './scene.ts';

// Makes the pictures of the README from a service that runs, with people who were made up.
const folder = fileURLToPath(new URL('../../../docs/images/', import.meta.url));

await using opened = new AsyncDisposableStack();
const scene = await startScene(opened);
const browser = await openBrowser();
opened.defer(() => browser.close());
for (const path of await takePictures(browser, scene, folder)) process.stdout.write(`${path}\n`);
