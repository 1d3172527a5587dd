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

const ink = { text: '#1f2328', line: '#d0d7de', blue: '#0969da', grey: '#8c959f' };

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
  text,
  left,
  top: 12,
  textStyle: { color: ink.text, fontSize: 15, fontWeight: 600 },
});

const axis = {
  axisLabel: { color: ink.text, fontSize: 12, interval: 0 },
  splitLine: { lineStyle: { color: ink.line } },
};

const panelWidth = 360;

/** A panel for each measure, since they have scales of their own. */
const drawContenders = (accepted: Series[], p99: Series[], endToEnd: Series[]): string => {
  const panels = [
    { text: 'Accepted a second', series: accepted },
    { text: 'Mailed a second, 50 at once', series: endToEnd },
    { text: 'ms until accepted, p99', series: p99 },
  ];
  return render(panels.length * panelWidth, 360, {
    title: panels.map(({ text }, index) => title(text, index * panelWidth + 16)),
    grid: panels.map((_, index) => ({ ...place(index), top: 60, bottom: 44 })),
    xAxis: panels.map(({ series }, gridIndex) => ({
      ...axis,
      type: 'category',
      gridIndex,
      data: series.map(({ name }) => onTwoLines(name)),
    })),
    yAxis: panels.map((_, gridIndex) => ({ ...axis, type: 'value', gridIndex })),
    series: panels.map(({ series }, index) => ({
      type: 'bar',
      xAxisIndex: index,
      yAxisIndex: index,
      barMaxWidth: 44,
      data: series.map(({ name, spread }) => ({
        value: spread.median,
        itemStyle: { color: name === 'ours' ? ink.blue : ink.grey },
      })),
      label: { show: true, position: 'top', color: ink.text, formatter: valueLabel },
    })),
  });
};

const place = (index: number) => ({ left: index * panelWidth + 60, width: panelWidth - 76 });

const drawBacklog = (levels: Series[]): string => {
  const points = (name: string, pick: (series: Series) => number, more: object) => ({
    name,
    data: levels.map(pick),
    ...more,
  });
  const quiet = { type: 'scatter', symbol: 'rect', symbolSize: [22, 2], color: ink.grey };
  return render(720, 360, {
    title: [title('Sign-ups a second, by the backlog that one worker drains', 24)],
    legend: { left: 24, top: 40, itemGap: 28, textStyle: { color: ink.text } },
    grid: { left: 70, right: 60, top: 84, bottom: 40 },
    xAxis: { ...axis, type: 'category', data: levels.map(({ name }) => name) },
    yAxis: { ...axis, type: 'value', min: 0 },
    series: [
      points('median', ({ spread }) => spread.median, {
        type: 'line',
        color: ink.blue,
        symbol: 'circle',
        symbolSize: 9,
        lineStyle: { width: 2.5 },
        label: { show: true, position: 'right', distance: 14, color: ink.text, formatter: valueLabel },
      }),
      points('lowest and highest round', ({ spread }) => spread.low, quiet),
      points('lowest and highest round', ({ spread }) => spread.high, quiet),
    ],
  });
};

const valueLabel = ({ value }: { value?: unknown }): string =>
  typeof value === 'number' ? formatNumber(value) : '';

const onTwoLines = (name: string): string => name.replace('-', '-\n');
