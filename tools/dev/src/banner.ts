export interface BannerFacts {
  apiUrl: string;
  mailboxUrl: string | undefined;
  admin: { user: string; password: string };
  /** An address that has not been signed up yet. */
  freshEmail: string;
}

/** Returns what a newcomer needs to continue. */
export const banner = ({ apiUrl, mailboxUrl, admin, freshEmail }: BannerFacts): string => {
  const body = JSON.stringify({ name: 'Ada Lovelace', email: freshEmail });
  const mailbox = mailboxUrl ? `\n  Mailbox     ${mailboxUrl}` : '';
  return `
  Backend Jobs is ready.

  Sign up     ${apiUrl}/
  Docs        ${apiUrl}/docs
  Operators   ${apiUrl}/admin          (${admin.user} / ${admin.password})
  Bull Board  ${apiUrl}/admin/queues   (the same login)${mailbox}
  Health      ${apiUrl}/readyz

  Create a sign-up:
  curl -i ${apiUrl}/users -H 'content-type: application/json' -d '${body}'

  Ctrl-C stops everything.
`;
};
