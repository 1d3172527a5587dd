import { combineVariables, type Decoder, InvalidValue, integer, variable } from '@backend-jobs/runtime';

/** The address of a collector, without its last path: `/v1/traces` is added to it. */
const endpointUrl: Decoder<string> = (text) => {
  const url = URL.parse(text);
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.search && !url.hash)
    return url.href.replace(/\/+$/, '');
  throw new InvalidValue('must look like http://collector:4318');
};

const share: Decoder<number> = (text) => {
  const number = /^[0-9]*\.?[0-9]+$/.test(text) ? Number(text) : Number.NaN;
  if (number >= 0 && number <= 1) return number;
  throw new InvalidValue('must be a number from 0 to 1, like 0.01');
};

/** Where traces go, and the share of requests that get one. */
export interface TracingSettings {
  endpoint: string;
  sampledShare: number;
}

const endpoint = variable({
  name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
  decode: endpointUrl,
  meaning:
    'where traces are sent to, by OTLP over HTTP: `http://collector:4318` ([metrics.md](metrics.md#traces))',
});

const sampledShare = variable({
  name: 'OTEL_TRACES_SAMPLER_ARG',
  decode: share,
  default: '0.01',
  meaning: 'the share of requests that are traced, from `0` to `1`',
});

/** What both the API and the worker read. */
export const telemetryVariables = {
  metricsPort: variable({
    name: 'METRICS_PORT',
    decode: integer({ min: 1, max: 65_535 }),
    meaning: 'serves `/metrics` on `HOST`, for Prometheus; the image sets `9464` ([metrics.md](metrics.md))',
  }),
  tracing: combineVariables({ endpoint, sampledShare }, (values): TracingSettings | undefined =>
    values.endpoint === undefined
      ? undefined
      : { endpoint: values.endpoint, sampledShare: values.sampledShare },
  ),
};
