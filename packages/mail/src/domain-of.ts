import { getDomain } from 'tldts';

export const domainOf = (address: string): string => address.slice(address.lastIndexOf('@') + 1);

/** The domain that somebody registered: whoever has it has all its subdomains too, and their mail servers. */
export const registrableDomainOf = (address: string): string => {
  const domain = domainOf(address).toLowerCase();
  return getDomain(domain) ?? domain;
};
