import { createLogger } from '../../src/index.ts';

/** Logs many lines, says on standard error how much memory that took, and ends at SIGTERM. */
const logger = createLogger({ process: 'test', level: 'info', production: true });
const before = process.memoryUsage().rss;
const text = 'x'.repeat(500);
process.on('SIGTERM', () => process.exit(0));
for (let turn = 0; turn < 400; turn += 1) {
  for (let line = 0; line < 500; line += 1) logger.info({ turn, line, text }, 'a line');
  await new Promise(setImmediate);
}
process.stderr.write(`grown by ${Math.round((process.memoryUsage().rss - before) / 1024 / 1024)} MB\n`);
setInterval(() => logger.info('still here'), 100);
