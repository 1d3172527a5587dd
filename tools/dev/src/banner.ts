export interface BannerFacts {
  apiUrl: string;
  mailboxUrl: string | undefined;
  admin: { user: string; password: string };
  /** An address that nobody has signed up yet. */
  freshEmail: string;
}

/** What a newcomer needs next, and nothing else. */
export const banner = ({ apiUrl, mailboxUrl, admin, freshEmail }: BannerFacts): string => {
  const body = JSON.stringify({ name: 'Ada Lovelace', email: freshEmail });
  const mailbox = mailboxUrl ? `\n  Mailbox     ${mailboxUrl}` : '';
  return `
  Backend Jobs is ready.

  API         ${apiUrl}
  Docs        ${apiUrl}/docs
  Bull Board  ${apiUrl}/admin/queues   (${admin.user} / ${admin.password})${mailbox}

  Sign somebody up:
  curl -i ${apiUrl}/users -H 'content-type: application/json' -d '${body}'

  Ctrl-C ends it all.
`;
};
