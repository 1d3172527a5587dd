export interface ConnectionLimits {
  /** How long a client may take to receive a response. */
  responseTimeoutMs: number;
  maxConnections: number;
  /** Of one IPv4 address, or one IPv6 network. */
  maxConnectionsPerAddress: number;
  /** Over the whole life of a connection. */
  maxRequestsPerConnection: number;
  /** For what clients have yet to receive, and for the requests that wait, over all connections. */
  maxUnsentBytes: number;
}

/** How the server dealt with connections that went beyond a limit. */
export type CutOffReason = 'too-many-from-address' | 'too-many' | 'response-timeout' | 'unsent';
