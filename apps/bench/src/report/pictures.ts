import * as echarts from 'echarts';
import type { Finding, Series } from './finding.ts';
import { formatNumber } from './format.ts';

/** The pictures that these findings are enough for, as SVG, by the end of their file's name. */
export const drawPictures = (findings: readonly Finding[]): Record<string, string> => {
  const seriesOf = (id: number) => findings.find((finding) => finding.id === id)?.series;
  const [accepted, p99, endToEnd, backlog] = [seriesOf(1), seriesOf(2), seriesOf(4), seriesOf(8)];
  return {
    ...(accepted && p99 && endToEnd && { contenders: drawContenders(accepted, p99, endToEnd) }),
    ...(backlog && { backlog: drawBacklog(backlog) }),
  };
};

const ink = { text: '#1f2328', line: '#d0d7de', blue: '#0969da', teal: '#1a7f7a', orange: '#bc4c00' };

const render = (width: number, height: number, option: echarts.EChartsCoreOption): string => {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    backgroundColor: '#ffffff',
    animation: false,
    textStyle: { color: ink.text, fontFamily: 'system-ui, sans-serif', fontSize: 13 },
    ...option,
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
};

const title = (text: string, left: number) => ({
  ...{ text, left, top: 12 },
  textStyle: { color: ink.text, fontSize: 15, fontWeight: 600 },
});

const axis = { axisLabel: { color: ink.text, fontSize: 13 }, splitLine: { lineStyle: { color: ink.line } } };

const drawContenders = (accepted: Series[], p99: Series[], endToEnd: Series[]): string => {
  const names = accepted.map(({ name }) => name);
  const bars = (name: string, series: Series[], color: string, grid: number) => ({
    ...{ type: 'bar', name, color, barMaxWidth: 46, barGap: '10%', xAxisIndex: grid, yAxisIndex: grid },
    data: names.map((who) => series.find((one) => one.name === who)?.spread.median ?? null),
    label: { show: true, position: 'top', color: ink.text, formatter: valueLabel },
  });
  const grids = [0, 1];
  return render(1_000, 400, {
    title: [title('Sign-ups a second', 24), title('ms until accepted, p99', 604)],
    legend: { left: 24, top: 40, data: ['accepted', 'mailed, 50 at once'], textStyle: { color: ink.text } },
    grid: [
      { left: 70, width: 490, top: 84, bottom: 40 },
      { left: 640, width: 330, top: 84, bottom: 40 },
    ],
    xAxis: grids.map((gridIndex) => ({ ...axis, type: 'category', data: names.map(onTwoLines), gridIndex })),
    yAxis: grids.map((gridIndex) => ({ ...axis, type: 'value', gridIndex })),
    series: [
      bars('accepted', accepted, ink.blue, 0),
      bars('mailed, 50 at once', endToEnd, ink.teal, 0),
      bars('p99', p99, ink.orange, 1),
    ],
  });
};

const drawBacklog = (levels: Series[]): string => {
  const points = (name: string, pick: (series: Series) => number, more: object) => ({
    ...{ name, data: levels.map(pick), ...more },
  });
  const quiet = { type: 'scatter', symbol: 'rect', symbolSize: [22, 2], color: ink.teal };
  return render(720, 360, {
    title: [title('Sign-ups a second that one worker mails, while so many wait', 24)],
    legend: { left: 24, top: 40, textStyle: { color: ink.text } },
    grid: { left: 70, right: 40, top: 84, bottom: 40 },
    xAxis: { ...axis, type: 'category', data: levels.map(({ name }) => name) },
    yAxis: { ...axis, type: 'value', min: 0 },
    series: [
      points('median', ({ spread }) => spread.median, {
        ...{ type: 'line', color: ink.blue, symbol: 'circle', symbolSize: 9, lineStyle: { width: 2.5 } },
        label: { show: true, position: 'bottom', distance: 14, color: ink.text, formatter: valueLabel },
      }),
      points('lowest and highest round', ({ spread }) => spread.low, quiet),
      points('lowest and highest round', ({ spread }) => spread.high, quiet),
    ],
  });
};

const valueLabel = ({ value }: { value?: unknown }): string =>
  typeof value === 'number' ? formatNumber(value) : '';

const onTwoLines = (name: string): string => name.replace('-', '-\n');
