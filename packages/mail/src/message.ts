/** A composed message (RFC 5322, in ASCII), and its envelope: its sender and its only recipient. */
export interface Message {
  from: string;
  to: string;
  messageId: string;
  raw: string;
}
