// Draws control and Pareto charts from their JSON. The tables below them say the same, so nothing is lost without it.
import { drawAll, frame, language, limit, percent, shareAxis, whole } from "./charts.js";

function sayPoint({ points, words }, index) {
  const point = points[index];
  if (point.value === null) return `${point.label}\n${words.none}`;
  return [
    point.label,
    `${words.value}: ${whole.format(point.count)} / ${whole.format(point.size)} = ${percent.format(point.value)}`,
    `${words.upper}: ${percent.format(point.upper)}`,
    `${words.centre}: ${percent.format(point.centre)}`,
    `${words.lower}: ${percent.format(point.lower)}`,
    ...(point.out ? [`▲ ${words.out}`] : []),
  ].join("\n");
}

// A point out of limits is a larger triangle with its word, not only another colour.
function control(chart, colors) {
  const { points, words } = chart;
  const options = frame(colors, points.map((point) => point.label));
  options.tooltip.formatter = ([first]) => sayPoint(chart, first.dataIndex);
  options.grid.right = 104;
  options.legend.data = [words.value];
  options.yAxis = shareAxis(colors);
  const inside = { symbol: "circle", symbolSize: 7, itemStyle: { color: colors.accent } };
  const outside = {
    symbol: "triangle", symbolSize: 14, itemStyle: { color: colors.rejected },
    label: { show: true, position: "top", color: colors.rejected, formatter: words.out, fontWeight: 600 },
  };
  options.series = [
    {
      name: words.value, type: "line", color: colors.accent, lineStyle: { color: colors.accent, width: 2 }, z: 3,
      data: points.map((point) => ({ value: point.value, ...(point.out ? outside : inside) })),
      connectNulls: false, symbol: "circle",
    },
    limit(words.centre, points.map((point) => point.centre), colors.muted, "solid"),
    limit(words.upper, points.map((point) => point.upper), colors.ink, "dashed"),
    limit(words.lower, points.map((point) => point.lower), colors.ink, "dotted"),
  ];
  return options;
}

function pareto({ bars, words }, colors) {
  const options = frame(colors, bars.map((bar) => bar.label));
  const hasAssumed = bars.some((bar) => bar.assumed);
  options.xAxis.axisLabel = { color: colors.ink, interval: 0, width: 88, overflow: "break" };
  options.yAxis = [
    shareAxis(colors, { minInterval: 1, axisLabel: { color: colors.muted, formatter: (value) => whole.format(value) } }),
    shareAxis(colors, { max: 1, splitLine: { show: false } }),
  ];
  options.tooltip.formatter = ([first]) => {
    const bar = bars[first.dataIndex];
    return [
      bar.label, `${words.weight}: ${whole.format(bar.weight)}`,
      ...(bar.cumulative === null ? [] : [`${words.cumulative}: ${percent.format(bar.cumulative)}`]),
      ...(bar.assumed ? [`${words.assumed}: ${whole.format(bar.assumed)}`] : []),
    ].join("\n");
  };
  const grey = {
    color: "transparent", borderColor: colors.edge, borderWidth: 1, borderType: "dashed",
    decal: { symbol: "line", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4, color: colors.edge },
  };
  options.series = [
    {
      name: words.weight, type: "bar", stack: "weight", color: colors.accent, barMaxWidth: 64,
      data: bars.map((bar) => bar.weight),
    },
    ...(hasAssumed ? [{
      name: words.assumed, type: "bar", stack: "weight", color: colors.edge, itemStyle: grey, barMaxWidth: 64,
      data: bars.map((bar) => bar.assumed),
    }] : []),
    {
      name: words.cumulative, type: "line", yAxisIndex: 1, color: colors.ink, symbol: "circle", symbolSize: 6,
      lineStyle: { color: colors.ink, width: 1.5 }, data: bars.map((bar) => bar.cumulative),
    },
  ];
  return options;
}

// Weeks before and after the measures: the start is a line with its words, what does not count is hatched.
function weeks({ points, start, words }, colors) {
  const options = frame(colors, points.map((point) => point.label));
  options.yAxis = shareAxis(colors, {
    minInterval: 1, axisLabel: { color: colors.muted, formatter: (value) => whole.format(value) },
  });
  const bar = (name, values, itemStyle) => ({
    name, type: "bar", stack: "found", color: itemStyle.color, itemStyle, data: values, barMaxWidth: 32,
  });
  const hatched = {
    color: "transparent", borderColor: colors.edge, borderWidth: 1, borderType: "dashed",
    decal: { symbol: "line", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4, color: colors.edge },
  };
  options.series = [
    bar(words.counted, points.map((point) => point.counted), { color: colors.accent }),
    ...(points.some((point) => point.old) ? [bar(words.old, points.map((point) => point.old || null), hatched)] : []),
  ];
  if (start !== null) {
    options.series[0].markLine = {
      symbol: "none", silent: true, data: [{ xAxis: start }], lineStyle: { color: colors.ink, type: "dashed", width: 1.5 },
      label: { formatter: words.start, color: colors.ink, fontSize: 13, position: "insideEndTop", rotate: 0, align: "left" },
    };
  }
  return options;
}

// Amounts side by side in time, one colour and one pattern for each class.
function stack({ labels, series }, colors) {
  const options = frame(colors, labels);
  options.yAxis = shareAxis(colors, { axisLabel: { color: colors.muted, formatter: (value) => whole.format(value) } });
  delete options.yAxis.min;
  const fills = [colors.edge, colors.accent, colors.held, colors.rejected];
  const decals = ["rect", "none", "line", "triangle"];
  options.series = series.map(({ name, values }, n) => ({
    name, type: "bar", stack: "all", data: values, color: fills[n], barMaxWidth: 48,
    itemStyle: { decal: { symbol: decals[n], color: colors.paper, symbolSize: 0.4 } },
  }));
  return options;
}

// Importance upwards, performance to the right; the means of both cut the field into four.
function importance({ points, words }, colors) {
  const middle = (key) => points.reduce((sum, point) => sum + point[key], 0) / points.length;
  const range = (key) => {
    const values = points.map((point) => point[key]);
    return { min: Math.max(1, Math.floor(Math.min(...values) * 4 - 1) / 4), max: Math.min(5, Math.ceil(Math.max(...values) * 4 + 1) / 4) };
  };
  const axis = (name, key) => ({
    type: "value", name, nameLocation: "middle", nameGap: 32, ...range(key), nameTextStyle: { color: colors.ink, fontSize: 13 },
    axisLabel: { color: colors.muted }, splitLine: { show: false }, axisLine: { show: true, lineStyle: { color: colors.edge } },
  });
  const options = frame(colors, []);
  const [x, y] = [middle("performance"), middle("importance")];
  options.grid = { left: 32, right: 32, top: 32, bottom: 40, containLabel: true };
  options.legend.show = false;
  options.xAxis = axis(words.performance, "performance");
  options.yAxis = axis(words.importance, "importance");
  options.tooltip.trigger = "item";
  options.tooltip.formatter = ({ data }) => `${data.name}\n${words.importance}: ${data.value[1].toFixed(2)}\n${words.performance}: ${data.value[0].toFixed(2)}`;
  options.series = [{
    type: "scatter", symbolSize: 12,
    data: points.map((point) => {
      const first = point.importance >= y && point.performance < x;
      return {
        name: point.text, value: [point.performance, point.importance], symbol: first ? "triangle" : "circle",
        itemStyle: { color: first ? colors.rejected : colors.accent }, label: { formatter: point.label },
      };
    }),
    label: { show: true, position: "right", color: colors.ink, fontSize: 12 }, labelLayout: { hideOverlap: true },
    markLine: {
      silent: true, symbol: "none", label: { show: false }, lineStyle: { color: colors.muted, type: "dashed" },
      data: [{ xAxis: x }, { yAxis: y }],
    },
  }];
  return options;
}

// An index from 0 to 100 by survey with its interval; where the wording changed the line is cut.
function trend({ points, words }, colors) {
  const options = frame(colors, points.map((point) => point.label));
  const shown = new Intl.NumberFormat(language, { maximumFractionDigits: 1 });
  options.yAxis = { type: "value", min: 0, max: 100, splitLine: { lineStyle: { color: colors.line } }, axisLabel: { color: colors.muted } };
  options.tooltip.formatter = ([first]) => {
    const point = points[first.dataIndex];
    if (point.value === null) return `${point.label}\n${words.hidden}`;
    const interval = point.low === null ? [] : [`${words.interval}: ${shown.format(point.low)}–${shown.format(point.high)}`];
    return [`${point.label} ${point.text}`, `${words.index}: ${shown.format(point.value)} (n = ${point.n})`, ...interval].join("\n");
  };
  const runs = [];
  points.forEach((point, at) => {
    if (!runs.length || point.breaks) runs.push(points.map(() => null));
    runs.at(-1)[at] = point.value;
  });
  const breaks = points.flatMap((point, at) => (point.breaks ? [at] : []));
  options.series = runs.map((data) => ({
    name: words.index, type: "line", data, connectNulls: false, color: colors.accent, symbol: "circle", symbolSize: 8,
    lineStyle: { color: colors.accent, width: 2 },
  }));
  options.series.push({
    name: words.interval, type: "custom", color: colors.muted, data: points.map((point, at) => [at, point.low, point.high]),
    renderItem: (_, api) => {
      if (points[api.value(0)].low === null) return null;
      const [x, low] = api.coord([api.value(0), api.value(1)]);
      const [, high] = api.coord([api.value(0), api.value(2)]);
      const stroke = { stroke: colors.muted, lineWidth: 1.5 };
      const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: stroke });
      return { type: "group", children: [line(x, low, x, high), line(x - 6, low, x + 6, low), line(x - 6, high, x + 6, high)] };
    },
  });
  if (breaks.length) {
    options.series[0].markLine = {
      silent: true, symbol: "none", lineStyle: { color: colors.held, type: "dashed", width: 2 },
      label: { formatter: words.break, color: colors.held, position: "insideEndTop", rotate: 0, align: "right" },
      data: breaks.map((at) => ({ xAxis: at })),
    };
  }
  return options;
}

drawAll({ control, pareto, weeks, stack, importance, trend });
