// A line of the log that CloudWatch reads as a metric (embedded metric format). No tenant is a dimension: each would be a metric of its own to pay for.
export function metricLine(values: Readonly<Record<string, number>>, at: Date): string {
  return JSON.stringify({
    _aws: {
      Timestamp: at.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: 'Tessera',
          Dimensions: [[]],
          Metrics: Object.keys(values).map((Name) => ({ Name, Unit: 'Count' })),
        },
      ],
    },
    ...values,
  });
}
