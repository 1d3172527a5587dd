import { createLogger } from '../../src/index.ts';

/** Logs many lines, and says on standard error how much memory that took. At SIGTERM it says how many there were, and ends. */
const logger = createLogger({ process: 'test', level: 'info', production: true });
const before = process.memoryUsage().rss;
const text = 'x'.repeat(500);
let logged = 0;
const log = (facts: object) => {
  logged += 1;
  logger.info(facts, 'a line');
};
process.on('SIGTERM', () => {
  process.stderr.write(`logged ${logged} lines\n`);
  process.exit(0);
});
for (let turn = 0; turn < 400; turn += 1) {
  for (let line = 0; line < 500; line += 1) log({ turn, line, text });
  await new Promise(setImmediate);
}
process.stderr.write(`grown by ${Math.round((process.memoryUsage().rss - before) / 1024 / 1024)} MB\n`);
setInterval(() => log({ text: 'still here' }), 100);
