/** The key in Redis that holds the id of the user who has an address. */
export const ownerKey = (email: string): string => `email:${email.toLowerCase()}`;
