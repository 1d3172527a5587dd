import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPostgres } from '@backend-jobs/local-services';
import { expect, test } from 'vitest';
import { migrate, orSkip, programs } from './support/own-postgres.ts';
import { openPatientDatabase } from './support/test-store.ts';

test.beforeEach(orSkip);

test("PostgreSQL's own log quotes people, and does not with the settings of docs/postgres.md", async ({
  onTestFinished,
}) => {
  const opened = new AsyncDisposableStack();
  onTestFinished(() => opened.disposeAsync());
  const folder = await mkdtemp(join(tmpdir(), 'backend-jobs-log-'));
  opened.defer(() => rm(folder, { recursive: true }));
  await programs.get().user.give(folder);
  const slowStatements = { log_min_duration_statement: '0' };
  const server = await startPostgres({
    programs: programs.get(),
    settings: { logging_collector: 'on', log_directory: folder, ...slowStatements },
  });
  opened.defer(() => server.stop());
  await migrate(server.url);

  const text =
    'INSERT INTO users (id, name, email, email_key, locale, created_at) VALUES ($1, $2, $3, $3, $4, now())';
  /** Signs up twice under one address, as two at once do, and returns what PostgreSQL has logged of it. */
  const signUpTwice = async (name: string): Promise<string> => {
    const database = openPatientDatabase(server.url);
    for (const index of [1, 2]) {
      const values = [crypto.randomUUID(), name, `${name}@example.com`, 'en'];
      const done = database.query({ text }, values);
      await (index === 1 ? done : expect(done).rejects.toMatchObject({ code: '23505' }));
    }
    await database.query({ text: `SELECT 1 AS "after ${name.length}"` });
    await database.close();
    const read = async () => {
      const files = await readdir(folder);
      return (await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')))).join('');
    };
    await expect.poll(read).toContain(`after ${name.length}`);
    return read();
  };
  const before = await signUpTwice('zerubbabel');
  expect(before).toMatch(/DETAIL: {2}Key \(email_key\)=\(zerubbabel@/);
  expect(before).toMatch(/parameters: .*'zerubbabel'/);

  const page = await readFile(new URL('../docs/postgres.md', import.meta.url), 'utf8');
  const settings = page.match(/^ALTER DATABASE sign_ups SET log_.*;$/gm) ?? [];
  const database = openPatientDatabase(server.url);
  opened.defer(() => database.close());
  for (const setting of settings)
    await database.query({ text: setting.replace('DATABASE sign_ups', 'DATABASE postgres') });
  const after = await signUpTwice('quillfeather');
  expect(after).toContain('duplicate key value violates unique constraint "users_email_key"');
  expect(after).not.toContain('quillfeather');
});
