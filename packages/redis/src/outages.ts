/** What Redis replies when it can serve nobody, or no writes, at the moment. */
const outageReply =
  /\b(OOM|LOADING|READONLY|MASTERDOWN|CLUSTERDOWN|TRYAGAIN|MOVED|ASK|MISCONF|NOREPLICAS|BUSY|UNBLOCKED|NOAUTH|WRONGPASS|NOPERM|max number of clients)\b/;

/** What is said of a connection that is not there, or of the search for where it should lead; ioredis has no class for it. */
const brokenConnection =
  /^(Connection is closed|Stream isn't writeable|connect ETIMEDOUT|Command timed out|All sentinels are unreachable|CLUSTERDOWN)/;

/** Whether `error` means that Redis could not be reached or could not serve, rather than a fault in the command. */
export const isOutage = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false;
  switch (error.name) {
    case 'ReplyError':
      return outageReply.test(error.message);
    case 'AbortError':
    case 'MaxRetriesPerRequestError':
      return true;
    default:
      return 'syscall' in error || brokenConnection.test(error.message);
  }
};
