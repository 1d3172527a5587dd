import {
  appMain,
  openTestRedis,
  type RunningApi,
  type RunningWorker,
  type SmtpServer,
  startApi,
  startSmtpServer,
  startWorker,
} from '@backend-jobs/local-services';
import { test as base, expect } from 'vitest';
import { apiKeysEnv, withKey } from './api-key.ts';
import { basic } from './login.ts';
import { byFifties } from './many-at-once.ts';
import { openStoreEnv } from './test-store.ts';

export interface SignUp {
  id: string;
  status: string;
  reason?: string;
  welcomeEmail?: {
    status: string;
    attempts: number;
    uncertainAttempts?: number;
    messageId?: string;
    error?: string;
  };
}

export const admin = { user: 'admin', password: 'a-password-for-tests' };

interface ApiStart {
  untilAnswers?: '/readyz' | '/livez';
  env?: Record<string, string>;
}

/** The whole service: each app in a process of its own, with a Redis and a mail server of its own. */
export class World {
  readonly env: Record<string, string>;
  readonly smtp: SmtpServer;
  readonly apis: RunningApi[] = [];
  readonly workers: RunningWorker[] = [];
  /** Leads to the Redis server itself: for tests that look into it by hand. */
  readonly redisUrl: string;
  log = '';

  constructor(env: Record<string, string>, smtp: SmtpServer, redisUrl: string) {
    this.env = env;
    this.smtp = smtp;
    this.redisUrl = redisUrl;
  }

  /** What a request needs: an API key, unless this world is open to everybody. */
  get credentials(): Record<string, string> {
    return this.env.API_KEYS ? withKey : {};
  }

  /** Where requests go: the first API that was started. */
  get apiUrl(): string {
    return (this.apis[0] as RunningApi).url;
  }

  async startApi({ untilAnswers = '/readyz', env: more = {} }: ApiStart = {}): Promise<RunningApi> {
    const env = { ...this.env, ...more, ADMIN_USER: admin.user, ADMIN_PASSWORD: admin.password };
    const api = await startApi({ main: appMain('api'), env, readyPath: untilAnswers, log: this.write });
    this.apis.push(api);
    return api;
  }

  async startWorker(
    env: Record<string, string> = {},
    readyPath: '/readyz' | '/livez' = '/readyz',
  ): Promise<RunningWorker> {
    const worker = await startWorker({
      main: appMain('worker'),
      env: { ...this.env, ...env },
      readyPath,
      log: this.write,
    });
    this.workers.push(worker);
    return worker;
  }

  async stop(): Promise<void> {
    await Promise.all([...this.apis, ...this.workers].map((app) => app.stop()));
  }

  readonly write = (chunk: string): void => {
    this.log += chunk;
  };

  post(body: unknown, headers: Record<string, string> = {}, apiUrl = this.apiUrl): Promise<Response> {
    return fetch(`${apiUrl}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...this.credentials, ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  }

  /** Signs up, and answers the id of what was accepted. */
  async signUp(email: string, more: object = {}): Promise<string> {
    const response = await this.post({ name: 'Ada Lovelace', email, ...more });
    expect(response.status).toBe(202);
    return ((await response.json()) as SignUp).id;
  }

  signUpMany(count: number, tag: string): Promise<string[]> {
    const emails = Array.from({ length: count }, (_, index) => `${tag}.${index}@example.com`);
    return byFifties(emails, (email) => this.signUp(email));
  }

  /** A sign-up as a client sees it: without an API key its status alone. */
  async find(id: string): Promise<SignUp> {
    const response = await fetch(`${this.apiUrl}/users/${id}`, { headers: this.credentials });
    return (await response.json()) as SignUp;
  }

  findAll(ids: string[]): Promise<SignUp[]> {
    return byFifties(ids, (id) => this.find(id));
  }

  /** Whether a user of this email exists, as a client can tell: it can't be signed up again. */
  async hasUser(email: string): Promise<boolean> {
    const { status } = await this.post({ name: 'Ada Lovelace', email });
    expect([202, 409]).toContain(status);
    return status === 409;
  }

  /** A job as the dashboard shows it. */
  async job(
    queue: string,
    id: string,
  ): Promise<{ returnValue?: unknown; failedReason?: string } | undefined> {
    const response = await this.operate('GET', `/queues/${queue}/${id}`);
    return ((await response.json()) as { job?: object }).job;
  }

  /** What an operator does on the dashboard; `path` is one of its own calls, below `/admin/queues/api`. */
  operate(method: string, path: string, body?: object): Promise<Response> {
    return fetch(`${this.apiUrl}/admin/queues/api${path}`, {
      method,
      headers: { authorization: basic(admin), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  }
}

/**
 * Opens a world on a Redis that the caller has opened, with the store of this run; what it opens goes on `opened`. `env`
 * is for both apps.
 */
export const openWorld = async (
  opened: AsyncDisposableStack,
  redis: { url: string; serviceUrl?: string; prefix?: string },
  env: Record<string, string> = {},
): Promise<World> => {
  const smtp = await startSmtpServer();
  opened.defer(() => smtp.stop());
  const storeEnv = env.DATABASE_URL ? {} : await openStoreEnv(opened);
  const world = new World(
    {
      // In development the API would refuse the made-up hosts of raw requests.
      NODE_ENV: 'test',
      REDIS_URL: redis.serviceUrl ?? redis.url,
      SMTP_URL: smtp.url,
      SHUTDOWN_TIMEOUT: '5s',
      DRAIN_DELAY: '0s',
      RATE_LIMIT: 'off',
      ...storeEnv,
      ...(redis.prefix && { KEY_PREFIX: redis.prefix }),
      ...env,
    },
    smtp,
    redis.url,
  );
  opened.defer(() => world.stop());
  await world.startApi();
  await world.startWorker();
  return world;
};

/**
 * A `test` with a `world`, which the tests of a file share; each signs up addresses of its own. One API and one worker
 * run at the start, with `env`.
 */
export const testWith = (env: Record<string, string>) =>
  // biome-ignore lint/correctness/noEmptyPattern: vitest requires this pattern of a fixture that uses no other
  base.extend('world', { scope: 'file' }, async ({}, { onCleanup }) => {
    const opened = new AsyncDisposableStack();
    onCleanup(() => opened.disposeAsync());
    const redis = await openTestRedis();
    opened.defer(() => redis.stop());
    return openWorld(opened, redis, env);
  });

/** A world that is open to everybody, as the service is by default. */
export const test = testWith({});

/** A world with API keys, whose requests have one. */
export const keyedTest = testWith(apiKeysEnv);
