const WIDTH = 160;
const HEIGHT = 8;

/** A share, 0 to 1, as a bar; the number stands beside it. */
export function Share({ of }: { readonly of: number }) {
  return (
    <svg class="share" width={WIDTH} height={HEIGHT} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <rect class="whole" width={WIDTH} height={HEIGHT} rx="3" />
      <rect width={Math.min(1, Math.max(0, of)) * WIDTH} height={HEIGHT} rx="3" />
    </svg>
  );
}
