import { stringify } from "yaml";

/**
 * Alerting rules for Prometheus over what `GET /registry/v1/quality/metrics` tells, for those who are told of everything
 * by their Alertmanager: the same conditions as the registry's own alerts.
 */
export function prometheusRules(): string {
  const groups = [
    {
      name: "data-products",
      rules: [
        rule("DataProductStale", 'dpg_service_level_breached{kind="FRESHNESS"} == 1', "critical", {
          summary: "{{ $labels.product }}: the promised freshness is not kept",
        }),
        rule("DataProductLevelBroken", 'dpg_service_level_breached{kind!="FRESHNESS"} == 1', "critical", {
          summary: "{{ $labels.product }}: the promised {{ $labels.kind }} is not kept",
        }),
        rule("DataProductBudgetBurns", "dpg_service_level_burn_rate >= 6", "warning", {
          summary:
            "{{ $labels.product }}: the error budget of {{ $labels.kind }} is used {{ $value }} times as fast as allowed",
        }),
        rule("DataProductQuality", 'dpg_quality_checks{outcome!="passed"} > 0', "warning", {
          summary: "{{ $labels.product }}: {{ $value }} checks of quality {{ $labels.outcome }}",
        }),
      ],
    },
  ];
  return stringify({ groups });
}

function rule(alert: string, expr: string, severity: string, annotations: object): object {
  return { alert, expr, for: "2m", labels: { severity }, annotations };
}
