export interface BannerFacts {
  apiUrl: string;
  mailboxUrl: string | undefined;
  /** Of a Redis that was started here. That of somebody else may have a password, and its owner knows it. */
  redisUrl: string | undefined;
  /** Of a PostgreSQL that was started here. */
  databaseUrl: string | undefined;
  admin: { user: string; password: string };
  /** An address that has not been signed up yet. */
  freshEmail: string;
}

/** Returns what a newcomer needs to continue. */
export const banner = (facts: BannerFacts): string => {
  const { apiUrl, mailboxUrl, redisUrl, databaseUrl, admin, freshEmail } = facts;
  const body = JSON.stringify({ name: 'Ada Lovelace', email: freshEmail });
  const mailbox = mailboxUrl ? `\n  Mailbox     ${mailboxUrl}` : '';
  const database = databaseUrl ? `\n\n  Look into the database:\n  psql ${databaseUrl}` : '';
  const urls = `REDIS_URL=${redisUrl}${databaseUrl ? ` DATABASE_URL=${databaseUrl}` : ''}`;
  const check = redisUrl ? `\n\n  Check this setup, from another terminal:\n  ${urls} npm run doctor` : '';
  return `
  Backend Jobs is ready.

  Sign up     ${apiUrl}/
  Docs        ${apiUrl}/docs
  Operators   ${apiUrl}/admin          (${admin.user} / ${admin.password})
  Bull Board  ${apiUrl}/admin/queues   (the same login)${mailbox}
  Health      ${apiUrl}/readyz

  Create a sign-up:
  curl -i ${apiUrl}/users -H 'content-type: application/json' -d '${body}'${database}${check}

  Ctrl-C stops everything.
`;
};
