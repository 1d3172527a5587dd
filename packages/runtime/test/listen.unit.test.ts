import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../src/index.ts';

test('a port that is taken is named by its variable', async () => {
  const place = { variable: 'HEALTH_PORT', host: '127.0.0.1' };
  const first = createServer();
  onTestFinished(() => void first.close());
  await listen(first, { ...place, port: 0 });
  const { port } = first.address() as AddressInfo;
  await expect(listen(createServer(), { ...place, port })).rejects.toThrow(
    `HEALTH_PORT: cannot listen on port ${port} of 127.0.0.1`,
  );
});
