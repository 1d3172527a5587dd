/** A person or a service that mail comes from or goes to (RFC 5322, 3.4). The name may be empty. */
export interface Mailbox {
  name: string;
  address: string;
}
