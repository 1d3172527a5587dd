/** The value of the header `Authorization` for a login (RFC 7617). */
export const basic = ({ user, password }: { user: string; password: string }): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
