/**
 * Series of two metrics on either side of the 5,000 of `ai:threshold_series`, together below the 10,000 samples that promtool
 * loads at most. No recording rule reads them.
 */
const SERIES = { gen_ai_client_inference_duration_seconds_count: 6000, ai_estimated_cost_total: 3000 }

/**
 * The unit test of AiCardinalityHigh for promtool, which is too long to keep: it needs as many series as the alert is about.
 *
 * @param runbookUrl as it is in the rule
 */
export function cardinalityTest(runbookUrl: string): string {
  const series = Object.entries(SERIES).flatMap(([metric, count]) =>
    Array.from({ length: count }, (_, index) => ({ series: `${metric}{model="m${index}"}`, values: '0.5x20' })),
  )
  const exp_alerts = [
    {
      exp_labels: { severity: 'warning', team: 'platform', metric: 'gen_ai_client_inference_duration_seconds_count' },
      exp_annotations: {
        summary: 'gen_ai_client_inference_duration_seconds_count has too many series',
        description: '6000 series.',
        runbook_url: runbookUrl,
      },
    },
  ]
  return JSON.stringify({
    rule_files: ['../rules/*.yml'],
    evaluation_interval: '5m',
    group_eval_order: ['ai-thresholds', 'ai-normalise', 'ai-slo', 'ai-alerts', 'ai-telemetry-health'],
    tests: [
      {
        name: 'AiCardinalityHigh: more series than one metric should have',
        interval: '5m',
        input_series: series,
        alert_rule_test: [
          { eval_time: '14m', alertname: 'AiCardinalityHigh', exp_alerts: [] },
          { eval_time: '20m', alertname: 'AiCardinalityHigh', exp_alerts },
        ],
      },
    ],
  })
}
