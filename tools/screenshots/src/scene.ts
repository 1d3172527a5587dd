import { appMain, startApi, startRedis, startSmtpServer, startWorker } from '@backend-jobs/local-services';

export interface Scene {
  apiUrl: string;
  login: { username: string; password: string };
}

const login = { username: 'ada', password: 'only-for-pictures' };

/** A service that mostly works: some addresses are signed up twice, and two domains take no mail. */
export const startScene = async (opened: AsyncDisposableStack): Promise<Scene> => {
  const redis = await startRedis();
  opened.defer(() => redis.stop());
  const smtp = await startSmtpServer({
    script: {
      onRcptTo: (address) => refusals.find(({ domain }) => address.endsWith(`@${domain}`))?.reply,
    },
  });
  opened.defer(() => smtp.stop());
  const shared = { REDIS_URL: redis.url, NODE_ENV: 'test' };
  const api = await startApi({
    main: appMain('api'),
    env: {
      ...shared,
      LOGINS: `${login.username}:admin:${login.password}`,
      SIGN_UP_PAGE: 'on',
      RATE_LIMIT: 'off',
    },
    log: 'on-failure',
  });
  opened.defer(() => api.stop());
  for (let count = 0; count < 2; count++) {
    const worker = await startWorker({
      main: appMain('worker'),
      env: { ...shared, SMTP_URL: smtp.url, MAIL_FROM: 'Backend Jobs <hello@example.com>' },
      log: 'on-failure',
    });
    opened.defer(() => worker.stop());
  }
  await signUpMany(api.url);
  return { apiUrl: api.url, login };
};

const refusals = [
  { domain: 'strict.example', reply: { code: 550, message: '5.1.1 no such user here' } },
  { domain: 'gone.example', reply: { code: 550, message: '5.1.2 this domain has no mailboxes any more' } },
];

const domains = [
  'example.com',
  'example.org',
  'mail.example',
  'strict.example',
  'example.net',
  'gone.example',
];

const signUpMany = async (apiUrl: string): Promise<void> => {
  for (let number = 0; number < 120; number++) {
    const email = `person.${number % 110}@${domains[number % domains.length]}`;
    const response = await fetch(`${apiUrl}/users`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: `Person ${number}`, email }),
    });
    await response.body?.cancel();
  }
};
