import { setTimeout as sleep } from 'node:timers/promises';
import type { SmtpScript } from '@backend-jobs/local-services';
import type { Random } from './random.ts';
import type { Service } from './service.ts';

/** Breaks something, and resolves when it has been mended. */
type Fault = (service: Service, random: Random) => Promise<void>;

const whileMailServer =
  (script: SmtpScript): Fault =>
  async ({ smtp }, random) => {
    smtp.script = script;
    await sleep(random.between(500, 2_000));
    smtp.script = {};
  };

export const faults: Record<string, Fault> = {
  'worker killed': (service, random) => service.restartWorker(random.between(0, 99), 'SIGKILL'),
  'worker restarted': (service, random) => service.restartWorker(random.between(0, 99), 'SIGTERM'),
  'API killed': (service) => service.restartApi('SIGKILL'),
  'API restarted': (service) => service.restartApi('SIGTERM'),
  'Redis killed': async ({ redis }, random) => {
    await redis.kill();
    await sleep(random.between(0, 1_000));
    await redis.restart();
  },
  'Redis frozen': async ({ redis }, random) => {
    await redis.freeze();
    await sleep(random.between(500, 4_000));
    await redis.thaw();
  },
  'mail server down': async ({ smtp }, random) => {
    await smtp.stop();
    await sleep(random.between(500, 4_000));
    await smtp.restart();
  },
  'mail server busy': whileMailServer({ onRcptTo: () => ({ code: 451, message: 'later' }) }),
  'mail lines dropped after the final dot': whileMailServer({ onFinalDot: () => 'drop' }),
  'mail lines dropped before the message': whileMailServer({ onData: () => 'drop' }),
};
