import { freePort, type RedisServer, type SmtpServer } from '@backend-jobs/local-services';
import { type RunningApp, startApp } from '../start-app.ts';

/** The whole service, each app in a process of its own, which faults may end and start again. */
export class Service {
  readonly redis: RedisServer;
  readonly smtp: SmtpServer;
  readonly apiUrl: string;
  #api: Promise<RunningApp>;
  readonly #workers: Promise<RunningApp>[];

  private constructor(redis: RedisServer, smtp: SmtpServer, apiPort: number, workers: number) {
    this.redis = redis;
    this.smtp = smtp;
    this.apiUrl = `http://127.0.0.1:${apiPort}`;
    this.#api = this.#startApi();
    this.#workers = Array.from({ length: workers }, () => this.#startWorker());
  }

  static async start(redis: RedisServer, smtp: SmtpServer, workers: number): Promise<Service> {
    const service = new Service(redis, smtp, await freePort(), workers);
    await Promise.all([service.#api, ...service.#workers]);
    return service;
  }

  /** Ends the API as `signal` does, and starts it again. */
  async restartApi(signal: NodeJS.Signals): Promise<void> {
    await this.#end(await this.#api, signal);
    this.#api = this.#startApi();
    await this.#api;
  }

  /** Ends one worker as `signal` does, and starts another in its place. */
  async restartWorker(index: number, signal: NodeJS.Signals): Promise<void> {
    const place = index % this.#workers.length;
    await this.#end((await this.#workers[place]) as RunningApp, signal);
    this.#workers[place] = this.#startWorker();
    await this.#workers[place];
  }

  async stop(): Promise<void> {
    const apps = await Promise.all([this.#api, ...this.#workers]);
    await Promise.all(apps.map((app) => app.stop()));
  }

  async #end(app: RunningApp, signal: NodeJS.Signals): Promise<void> {
    process.kill(app.pid, signal);
    await app.exited;
  }

  // Alive is enough: it may well be started while Redis is away.
  #startApi(): Promise<RunningApp> {
    const env = { ...this.#env(), PORT: new URL(this.apiUrl).port, DRAIN_DELAY: '0s', RATE_LIMIT: 'off' };
    return startApp({ app: 'api', env, readyUrl: `${this.apiUrl}/livez`, log: () => {} });
  }

  async #startWorker(): Promise<RunningApp> {
    const port = await freePort();
    const env = { ...this.#env(), HEALTH_PORT: String(port), RECONCILE_INTERVAL: '10s' };
    return startApp({ app: 'worker', env, readyUrl: `http://127.0.0.1:${port}/livez`, log: () => {} });
  }

  #env() {
    return {
      REDIS_URL: this.redis.url,
      SMTP_URL: this.smtp.url,
      LOG_LEVEL: 'silent',
      SHUTDOWN_TIMEOUT: '5s',
    };
  }
}
