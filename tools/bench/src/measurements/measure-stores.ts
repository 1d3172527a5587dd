import type { Measurement } from '../bench.ts';
import { connections } from '../load/load.ts';
import { type Finding, seriesOf } from '../report/finding.ts';
import type { Scale } from '../scale.ts';
import { ratioOf } from '../statistics.ts';
import { openStores, type StoreName } from '../stores/stores.ts';
import { type AcceptSample, takeAcceptTurns } from '../turns/accept-turns.ts';
import type { Samples } from '../turns/by-turns.ts';
import type { Usage } from '../turns/meter.ts';
import { takeWorkTurns, type WorkSample } from '../turns/work-turns.ts';

const ours = ['ours', 'ours on PostgreSQL', 'ours on PostgreSQL, filled'] as const satisfies StoreName[];
const everybody = [...ours, 'express-graphile'] as const;
type Ours = (typeof ours)[number];

/** What PostgreSQL costs beside Redis alone, empty and filled, and what a peer costs that has no Redis. */
export const measureStores: Measurement = {
  title: 'on Redis alone and with PostgreSQL',
  ids: [15, 16, 17, 18, 19, 20],
  run: async (bench) => {
    const { byName: stores, ...opened } = await openStores(bench);
    const clear = (name: StoreName) => stores[name].clear();
    const accepted = await takeAcceptTurns(bench, { ...opened, names: ours, connections, clear });
    const { concurrent: signUps } = bench.scale.endToEnd;
    const working = { ...opened, names: everybody, stores, signUps, concurrency: 50 };
    const worked = await takeWorkTurns(bench, working);
    return [...acceptFindings(accepted, bench.scale), ...workFindings(worked, bench.scale)];
  },
};

type Parts = 'process' | 'redis' | 'postgres';

/** All of them together. */
const totalOf = ({ process, redis, postgres }: Usage<Parts>): number => process + redis + postgres;

const acceptFindings = (samples: Samples<Ours, AcceptSample<Parts>>, scale: Scale): Finding[] => {
  const rates = (name: Ours) => samples[name].map(({ acceptedPerSecond }) => acceptedPerSecond);
  const p99s = (name: Ours) => samples[name].map(({ p99Ms }) => p99Ms);
  const costs = (name: Ours) => samples[name].map(({ used }) => totalOf(used));
  return [
    {
      id: 15,
      title: 'processor time of an accept, PostgreSQL against Redis alone',
      figure: { unit: '×', spread: ratioOf(costs('ours on PostgreSQL'), costs('ours')) },
      target: { sense: 'at most', bound: 1.25 },
      series: seriesOf(costs, 'µs', ours),
    },
    {
      id: 16,
      title: 'accepted a second, PostgreSQL against Redis alone',
      figure: { unit: '×', spread: ratioOf(rates('ours on PostgreSQL'), rates('ours')) },
      target: { sense: 'at least', bound: 0.85 },
      series: [...seriesOf(rates, 'sign-ups/s', ours), ...seriesOf(p99s, 'ms', ours)],
    },
    {
      id: 19,
      title: `processor time of an accept, ${scale.stores.users.toLocaleString('en')} users against none`,
      figure: {
        unit: '×',
        spread: ratioOf(costs('ours on PostgreSQL, filled'), costs('ours on PostgreSQL')),
      },
      target: { sense: 'at most', bound: 1.1 },
      series: [],
    },
  ];
};

const workFindings = (samples: Samples<StoreName, WorkSample<Parts>>, scale: Scale): Finding[] => {
  const rates = (name: StoreName) => samples[name].map(({ perSecond }) => perSecond);
  const costs = (name: StoreName) => samples[name].map(({ work }) => totalOf(work));
  return [
    {
      id: 17,
      title: 'processor time of the work, PostgreSQL against Redis alone',
      figure: { unit: '×', spread: ratioOf(costs('ours on PostgreSQL'), costs('ours')) },
      target: { sense: 'at most', bound: 1.4 },
      series: seriesOf(costs, 'µs', everybody),
    },
    {
      id: 18,
      title: 'end to end a second, PostgreSQL against Redis alone',
      figure: { unit: '×', spread: ratioOf(rates('ours on PostgreSQL'), rates('ours')) },
      target: { sense: 'at least', bound: 0.75 },
      series: seriesOf(rates, 'sign-ups/s', everybody),
    },
    {
      id: 19,
      title: `processor time of the work, ${scale.stores.users.toLocaleString('en')} users against none`,
      figure: {
        unit: '×',
        spread: ratioOf(costs('ours on PostgreSQL, filled'), costs('ours on PostgreSQL')),
      },
      target: { sense: 'at most', bound: 1.1 },
      series: [],
    },
    {
      id: 20,
      title: 'end to end a second with PostgreSQL, against express-graphile',
      figure: { unit: '×', spread: ratioOf(rates('ours on PostgreSQL'), rates('express-graphile')) },
      target: { sense: 'at least', bound: 1.5 },
      series: [],
    },
  ];
};
