import { writeSync } from 'node:fs';
import { createLogger } from '../../src/index.ts';

// What a launcher does that shares its standard output with the programs it starts.
const logger = createLogger({ process: 'test', level: 'info', production: false });
for (let number = 1; number <= 100; number++) {
  writeSync(1, `plain ${number}\n`);
  logger.info(`logged ${number}`);
  await new Promise((resolve) => setTimeout(resolve, 1));
}
