import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A span as OTLP writes it in JSON, as far as the tests look at it. */
export interface SinkSpan {
  service: string;
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  links: { traceId: string; spanId: string }[];
  isError: boolean;
  attributes: Record<string, unknown>;
}

interface Attribute {
  key: string;
  value: Record<string, unknown>;
}
type RawSpan = Omit<SinkSpan, 'service' | 'isError' | 'links' | 'attributes'> & {
  links?: SinkSpan['links'];
  status?: { code?: number };
  attributes?: Attribute[];
};
interface Export {
  resourceSpans: { resource: { attributes: Attribute[] }; scopeSpans: { spans: RawSpan[] }[] }[];
}

/** A collector that keeps what it is sent. */
export interface OtlpSink {
  url: string;
  spans: SinkSpan[];
  /** All that was sent, as it came. */
  received(): string;
  stop(): Promise<void>;
}

const toObject = (attributes: Attribute[] = []) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));

const toSpans = ({ resourceSpans }: Export): SinkSpan[] =>
  resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ traceId, spanId, parentSpanId, name, links = [], status, attributes }) => ({
        service: String(toObject(resource.attributes)['service.name']),
        traceId,
        spanId,
        parentSpanId: parentSpanId || undefined,
        name,
        links: links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
        isError: status?.code === 2,
        attributes: toObject(attributes),
      })),
  );

export const startOtlpSink = async (): Promise<OtlpSink> => {
  const spans: SinkSpan[] = [];
  let received = '';
  const server = createServer(async (request, response) => {
    const body = await text(request);
    received += body;
    if (request.url === '/v1/traces') spans.push(...toSpans(JSON.parse(body)));
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spans,
    received: () => received,
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
};
