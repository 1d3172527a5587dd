/** The key in Redis that has the id of the user to whom an address belongs. */
export const ownerKey = (email: string): string => `email:${email.toLowerCase()}`;
