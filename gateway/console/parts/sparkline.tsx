export interface SparklineProps {
  /** Oldest first. */
  readonly values: readonly number[];
  /** The bound that was promised. */
  readonly target: number;
  readonly label: string;
}

const WIDTH = 160;
const HEIGHT = 32;
const MARGIN = 3;

/** A series as a line, or its first value as a dot, with the promise as a dashed line. */
export function Sparkline({ values, target, label }: SparklineProps) {
  if (values.length === 0) return null;
  const low = Math.min(target, ...values);
  const range = Math.max(target, ...values) - low || 1;
  const y = (value: number) => HEIGHT - MARGIN - ((value - low) / range) * (HEIGHT - 2 * MARGIN);
  const step = (WIDTH - 2 * MARGIN) / Math.max(1, values.length - 1);
  const points = values.map((value, index) => `${(MARGIN + index * step).toFixed(1)},${y(value).toFixed(1)}`);
  const [only] = values.length === 1 ? values : [];
  return (
    <svg
      class="sparkline"
      width={WIDTH}
      height={HEIGHT}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="img"
      aria-label={label}
    >
      <line class="bound" x1="0" x2={WIDTH} y1={y(target)} y2={y(target)} />
      {only === undefined ? (
        <polyline points={points.join(" ")} />
      ) : (
        <circle cx={MARGIN} cy={y(only)} r="2" />
      )}
    </svg>
  );
}
