import type { Finding } from './report.ts';

export interface Port {
  /** The variable that names it, and what answers there. */
  variable: string;
  app: string;
  port: number | undefined;
  /** What the app answers with 200. */
  path: string;
}

const answerWithinMs = 2_000;

/** Whether the ports of the apps are free for them on this machine, or theirs already. */
export async function* examinePorts(host: string, ports: readonly Port[]): AsyncGenerator<Finding> {
  for (const { variable, app, port, path } of ports) {
    if (port === undefined || port === 0) continue;
    const status = await statusAt(`http://${toUrlHost(host)}:${port}${path}`);
    const step = `port ${port}`;
    if (status === 'nobody') yield { step, found: `free for the ${app} (${variable})` };
    else if (status === 200) yield { step, found: `the ${app} answers` };
    else
      yield {
        step,
        failed: `something answers that is not the ${app} (${status})`,
        advice: `Stop it, or give the ${app} another port: ${variable}.`,
      };
  }
}

const statusAt = async (url: string): Promise<number | string> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(answerWithinMs), redirect: 'manual' });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    const { cause, name } = error as Error & { cause?: { code?: string } };
    return cause?.code === 'ECONNREFUSED' ? 'nobody' : (cause?.code ?? name);
  }
};

/** An address to listen on that stands for all of them is no address to connect to. */
const toUrlHost = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
};
