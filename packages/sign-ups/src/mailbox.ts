import { canonicalEmail } from './canonical-email.ts';

/** Providers that ignore dots in the local part, and the domain by which their mailboxes are known here. */
const dotless: Record<string, string> = { 'gmail.com': 'gmail.com', 'googlemail.com': 'gmail.com' };

/**
 * The mailbox that an address leads to, as far as the address says it: `ada+news@example.com` is the mailbox
 * `ada@example.com` (RFC 5233 calls what follows the `+` a detail), and for Gmail `a.d.a@` is `ada@`. It only limits how
 * much mail one mailbox gets: whether two addresses are the same user is up to `canonicalEmail`.
 */
export const mailboxOf = (email: string): string => {
  const canonical = canonicalEmail(email);
  const at = canonical.lastIndexOf('@');
  const domain = canonical.slice(at + 1);
  const [untagged = ''] = canonical.slice(0, at).split('+');
  // A local part that begins with its tag has no other name.
  const local = untagged || canonical.slice(0, at);
  const provider = dotless[domain];
  return provider ? `${local.replaceAll('.', '')}@${provider}` : `${local}@${domain}`;
};

export const domainOf = (email: string): string => {
  const canonical = canonicalEmail(email);
  return canonical.slice(canonical.lastIndexOf('@') + 1);
};
